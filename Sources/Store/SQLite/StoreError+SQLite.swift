// What SQLite and GRDB report, as errors of the store.

import GRDB
import Schema

extension StoreError {
    /// An error while the file was opened: whatever it is, there is no store then.
    init(opening path: String, _ error: any Error) {
        self =
            switch error {
            case let error as StoreError: error
            case let error as DatabaseError: .broken(path: path, reason: error.reason)
            default: .broken(path: path, reason: "\(error)")
            }
    }

    /// An error in a read or a transaction.
    init(using path: String, _ error: any Error) {
        switch error {
        case let error as StoreError:
            self = error
        case let error as DatabaseError:
            switch error.resultCode {
            case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_SCHEMA:
                self = .broken(path: path, reason: error.reason)
            default:
                self = .unavailable("the database \(path) failed: \(error.reason)")
            }
        case let error as JSONSyntaxError:
            self = .broken(path: path, reason: "a stored value is no JSON: \(error.reason.rawValue)")
        default:
            self = .unavailable("the database \(path) failed: \(error)")
        }
    }
}

extension DatabaseError {
    /// SQLite's words, without the statement and its values, which may be secrets.
    fileprivate var reason: String {
        "\(message ?? "unknown error") (code \(extendedResultCode.rawValue))"
    }
}
