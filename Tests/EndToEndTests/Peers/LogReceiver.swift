// A receiver of log entries, as long as a test runs: of datagrams, lines over TCP or TLS, or messages for the system's
// log.

import Foundation
import Glibc

struct LogReceiver {
    /// What it listens on.
    let port: Int
    private let file: String

    /// - Parameter arguments: what `Tests/Logs/receive.py` wants besides the file.
    static func with<Value>(_ kind: String, _ arguments: [String] = [], _ body: (LogReceiver) throws -> Value) throws
        -> Value
    {
        let file = NSTemporaryDirectory() + "/e2e-received-\(UUID().uuidString)"
        defer { unlink(file) }
        return try Python.serving("Logs/receive.py", [kind, file] + arguments) { place in
            try body(LogReceiver(port: Int(place) ?? 0, file: file))
        }
    }

    /// The messages so far, each behind the number of its connection and what was noted of that.
    var messages: [String] {
        let text = (try? String(contentsOfFile: file, encoding: .isoLatin1)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    /// Waits for that many messages.
    func messages(_ count: Int) -> [String] {
        _ = eventually(within: 10) { messages.count >= count }
        return messages
    }

    /// Waits for that many messages that are entries.
    func entries(_ count: Int) -> [[String: Any]] {
        messages(count).map { Self.entry($0) }
    }

    /// The entry in a message.
    static func entry(_ message: String) -> [String: Any] {
        let text = message.drop { $0 != "{" }
        let entry = try? JSONSerialization.jsonObject(with: Data(text.utf8))
        return entry as? [String: Any] ?? ["broken": message]
    }
}
