// Why an upstream gave no answer, or only part of one, in nginx' words: people search their error logs for these.

import Glibc

/// Why an upstream connection ended before its answer did.
enum UpstreamFailure: Equatable {
    /// The peer closed or reset the connection, or it could not be written to; with the system's error, if it told one.
    case closed(Int32?)
    /// An HTTP/2 upstream left the request alone: to repeat it is always safe.
    case refused
    /// What came was not an HTTP answer that can be passed on.
    case malformed(MalformedAnswer)

    var isClosed: Bool {
        if case .closed = self { return true }
        return false
    }

    /// - Parameter step: what was being done, such as `reading response header from upstream`.
    func text(while step: String) -> String {
        switch self {
        case .closed(let code?): "recv() failed (\(Self.text(code))) while \(step)"
        case .closed(nil), .refused: "upstream prematurely closed connection while \(step)"
        case .malformed(let fault): "upstream sent \(fault.rawValue) while \(step)"
        }
    }

    /// Number and text of a system's error.
    static func text(_ code: Int32) -> String { "\(code): \(String(cString: strerror(code)))" }
}

/// What is wrong with an answer.
enum MalformedAnswer: String {
    case statusLine = "no valid HTTP/1.0 header"
    case header = "invalid header"
    case tooLargeHead = "too big header"
    case chunks = "invalid chunked response"
    case unaskedUpgrade = "a switch of protocols that was not asked for"
}
