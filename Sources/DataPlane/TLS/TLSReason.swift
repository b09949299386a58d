// What the TLS library says of a failed handshake, as nginx tells it: the library's own text, without what
// swift-nio-ssl wraps around it.

enum TLSReason {
    /// `SSL: error:100000f7:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER`, or the error's description where the
    /// library has no text of its own.
    static func text(_ error: any Error) -> String {
        let description = "\(error)"
        guard let start = description.firstRange(of: "error:")?.lowerBound else { return description }
        let rest = description[start...]
        let end = rest.firstRange(of: " at /")?.lowerBound ?? rest.firstIndex(of: "]") ?? rest.endIndex
        return "SSL: \(rest[..<end])"
    }

    /// Whether the peer just closed the connection. The library has no public name for that.
    static func isEnd(_ error: any Error) -> Bool { "\(error)".contains("EOF during handshake") }
}
