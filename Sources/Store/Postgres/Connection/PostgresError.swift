// What libpq and the server report, in the words in which Kong's driver puts them: scripts compare these texts.

import CPostgres

/// Why a connection or a statement failed.
package struct PostgresError: Error, Sendable {
    package enum Cause: Sendable {
        /// No connection, or it broke.
        case unreachable
        case timeout
        /// The server refused the statement.
        case refused
    }

    package let cause: Cause
    package let message: String
    /// SQLSTATE; empty when it was not the server that failed.
    package var state = ""
    var constraint = ""
    var table = ""
    var detail = ""

    init(_ cause: Cause, _ message: String) {
        self.cause = cause
        self.message = message
    }

    static let timeout = PostgresError(.timeout, "timeout")

    /// The statement can succeed when its transaction is run again: a deadlock or a failed serialization.
    var isTransient: Bool { state == "40P01" || state == "40001" }

    /// The server ended the connection or does not take any: it is shutting down, starting or full.
    package var isOutage: Bool {
        cause != .refused || state.hasPrefix("57P") || state.hasPrefix("08") || state == "53300"
    }

    /// A statement's error: "ERROR: text (position)".
    init(result: OpaquePointer) {
        func field(_ code: Character) -> String {
            let number = Int32(code.asciiValue ?? 0)
            return PQresultErrorField(result, number).map { String(cString: $0) } ?? ""
        }
        let position = field("P")
        let text = "\(field("S")): \(field("M"))" + (position.isEmpty ? "" : " (\(position))")
        self.init(.refused, text)
        state = field("C")
        constraint = field("n")
        table = field("t")
        detail = field("D")
    }

    /// Why no connection came about, or why it broke.
    init(connection: OpaquePointer) {
        let reason = Self.reason(String(cString: PQerrorMessage(connection)))
        let isRefusal = reason.hasPrefix("FATAL:") && !Self.passing.contains { reason.contains($0) }
        self.init(isRefusal ? .refused : .unreachable, reason)
    }

    /// Signs of a server that will take connections again by itself.
    private static let passing = ["the database system is", "too many", "connection slots", "terminating connection"]

    private static func reason(_ text: String) -> String {
        if let fatal = text.firstRange(of: "FATAL:") {
            let line = text[fatal.upperBound...].prefix { $0 != "\n" }
            return "FATAL: " + line.drop { $0 == " " }
        }
        for (sign, reason) in reasons where text.contains(sign) { return reason }
        let line = text.prefix { $0 != "\n" }
        return line.isEmpty ? "closed" : String(line)
    }

    private static let reasons = [
        ("Connection refused", "connection refused"),
        ("could not translate host name", "host or service not provided, or not known"),
        ("no password supplied", "missing password, required for connect"),
        ("server closed the connection unexpectedly", "closed"),
        ("Connection timed out", "timeout"),
        ("server does not support SSL", "the server does not support SSL connections"),
    ]
}
