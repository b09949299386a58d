// The offsets of pages: opaque to clients, in the forms that Kong 1.1.2 uses, so that its error texts come out alike.
// A database's is base64 without padding of a JSON list of the last row's key; without one it is a position.

import Foundation
import Schema

enum Offset {
    /// After the row with this key. The parts are UUIDs, tags and numbers: nothing that JSON would escape.
    static func encode(after key: [String]) -> String {
        base64("[" + key.map { "\"\($0)\"" }.joined(separator: ",") + "]")
    }

    /// The key that `encode(after:)` was given; `count` is the number of its parts.
    static func key(of offset: String, count: Int) throws(StoreError) -> [String] {
        let text = try text(of: offset)
        guard case .array(let items) = try? JSON(parsing: text) else {
            throw .invalidOffset(offset, reason: "bad json encoding")
        }
        let parts = items.compactMap(\.string)
        guard parts.count == count, items.count == count else {
            throw .invalidOffset(offset, reason: "bad json encoding")
        }
        return parts
    }

    /// Before the row at this position, counted from 1.
    static func encode(position: Int) -> String {
        base64(String(position))
    }

    static func position(of offset: String) throws(StoreError) -> Int {
        guard let position = Int(try text(of: offset)), position >= 1 else {
            throw .invalidOffset(offset, reason: "invalid offset")
        }
        return position
    }

    private static func base64(_ text: String) -> String {
        String(Data(text.utf8).base64EncodedString().prefix { $0 != "=" })
    }

    private static func text(of offset: String) throws(StoreError) -> String {
        let bare = offset.prefix { $0 != "=" }
        let padding = String(repeating: "=", count: (4 - bare.utf8.count % 4) % 4)
        guard bare.utf8.count % 4 != 1, let data = Data(base64Encoded: bare + padding) else {
            throw .invalidOffset(offset, reason: "bad base64 encoding")
        }
        return String(decoding: data, as: UTF8.self)
    }
}
