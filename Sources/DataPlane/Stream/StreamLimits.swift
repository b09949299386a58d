// The bounds of streams.

/// Times in milliseconds, sizes in bytes; the defaults are nginx's.
package struct StreamLimits: Sendable {
    /// Time for the PROXY protocol's header and for the first message of a TLS handshake.
    package var prereadMilliseconds: Int64 = 30_000
    /// Bytes looked at to find a server name.
    package var prereadBytes = 16 << 10
    /// Time for a TLS handshake.
    package var handshakeMilliseconds: Int64 = 60_000

    package init() {}
}
