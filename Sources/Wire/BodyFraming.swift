// How the length of a message's body is known (RFC 9112 section 6.3).

/// How the length of a message's body is known.
package enum BodyFraming: Sendable, Equatable {
    /// There is no body, and nothing was said about a length.
    case none
    /// `Content-Length`, in bytes; 0 is kept apart from `.none`, as it is passed on.
    case length(UInt64)
    case chunked
    /// Only answers: the body ends with the connection.
    case untilClose
}
