// How a probe ended, and what that says about health.

package enum ProbeOutcome: Sendable, Equatable {
    /// The connection stood; that is all a tcp probe wants to know.
    case connected
    case status(Int)
    /// No connection, no TLS, or no HTTP answer.
    case failed
    case timedOut

    package func event(_ rules: HealthRules) -> HealthEvent? {
        switch self {
        case .connected: .success
        case .status(let status): rules.event(forStatus: status)
        case .failed: .tcpFailure
        case .timedOut: .timeout
        }
    }
}

/// The first line of an answer, as far as a probe reads it.
package enum ProbeAnswer {
    /// The status of `HTTP/1.x NNN`; nil while bytes are missing, `.failed` for anything else.
    package static func read(_ bytes: [UInt8]) -> ProbeOutcome? {
        let start = Array("HTTP/".utf8)
        guard bytes.starts(with: start) || start.starts(with: bytes) else { return .failed }
        guard let space = bytes.firstIndex(of: 0x20) else { return bytes.count > 16 ? .failed : nil }
        let digits = bytes[(space + 1)...].prefix(3)
        guard digits.count == 3 else { return nil }
        return Int(String(decoding: digits, as: UTF8.self)).map { .status($0) } ?? .failed
    }
}
