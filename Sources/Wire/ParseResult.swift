// What parsing a head comes to. An ordinary outcome is not an error: no throwing on this path.

package enum ParseResult: Sendable, Equatable {
    /// The head is whole; its length is in `byteCount`.
    case complete
    /// Call again with the same bytes and more after them.
    case needMore
    /// The message is refused. The fields up to the faulty line stay readable (the error page looks at `Accept`).
    case invalid(HeadFault)
}

/// Why a head is refused. An answer of an upstream that is refused becomes 502, whatever the fault.
package enum HeadFault: UInt8, Sendable, CaseIterable {
    case badRequest, uriTooLong, headerTooLarge, methodNotAllowed, notImplemented, versionNotSupported

    /// The status to answer with; 494 is nginx's own for oversized headers and is sent literally.
    package var status: Int {
        switch self {
        case .badRequest: 400
        case .methodNotAllowed: 405
        case .uriTooLong: 414
        case .headerTooLarge: 494
        case .notImplemented: 501
        case .versionNotSupported: 505
        }
    }
}

/// The bounds of a head. The defaults are those of nginx's `large_client_header_buffers 4 8k`.
package struct HeadLimits: Sendable {
    /// Longest request or status line in bytes, line end included.
    package var startLineBytes = 8192
    /// Longest header line in bytes, line end included.
    package var headerLineBytes = 8192
    /// Longest head in bytes, line ends included.
    package var headBytes = 32_768
    /// Most header lines. nginx has no such bound; this one bounds the memory and the work per head.
    package var headerCount = 1000
    /// Most empty lines before a request line (RFC 9112 section 2.2 asks for at least one).
    package var leadingEmptyLines = 8

    package init() {}

    /// For answers of upstreams: as large as the whole head, so that a long Set-Cookie passes.
    package static let response: HeadLimits = {
        var limits = HeadLimits()
        limits.headerLineBytes = limits.headBytes
        return limits
    }()
}
