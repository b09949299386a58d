// How a probe ended, and what that says about health.

package enum ProbeOutcome: Sendable, Equatable {
    /// The connection stood; that is all a tcp probe wants to know.
    case connected
    case status(Int)
    /// An answer that is not HTTP.
    case malformed
    /// No connection, no TLS, or no answer.
    case failed
    case timedOut

    package func event(_ rules: HealthRules) -> HealthEvent? {
        switch self {
        case .connected: .success
        case .status(let status): rules.event(forStatus: status)
        // As Kong counts it.
        case .malformed: .httpFailure
        case .failed: .tcpFailure
        case .timedOut: .timeout
        }
    }
}

/// The first line of an answer, as far as a probe reads it.
package enum ProbeAnswer {
    /// The longest line that is waited for.
    private static let lineBytes = 64

    /// The status of `HTTP/1.x NNN`; nil while bytes are missing, `.malformed` for a line that is anything else.
    package static func read(_ bytes: [UInt8]) -> ProbeOutcome? {
        let start = Array("HTTP/".utf8)
        let isWhole = bytes.contains(0x0A) || bytes.count >= lineBytes
        let unfinished: ProbeOutcome? = isWhole ? .malformed : nil
        guard bytes.starts(with: start), let space = bytes.firstIndex(of: 0x20) else { return unfinished }
        let digits = bytes[(space + 1)...].prefix(3)
        guard digits.count == 3 else { return unfinished }
        return Int(String(decoding: digits, as: UTF8.self)).map { .status($0) } ?? unfinished
    }
}
