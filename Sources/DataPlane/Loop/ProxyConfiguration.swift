// The settings of the data plane in its own terms, with every limit in one place. The gateway's boot fills it in from
// kong.conf; the defaults here are Kong's and nginx's.

import Wire

/// How the proxy treats connections, requests and answers.
package struct ProxyConfiguration: Sendable {
    /// Which headers the gateway adds to answers (`headers` in kong.conf).
    package struct Headers: Sendable {
        package var via = true
        package var server = true
        package var proxyLatency = true
        package var upstreamLatency = true
        package var upstreamStatus = false

        package init() {}
    }

    package var headers = Headers()
    /// Peers whose X-Forwarded-* and real-IP headers are believed.
    package var trusted = AddressSet()
    /// The header that tells the client's address, when a trusted peer sends it.
    package var realIPHeader = "X-Real-IP"
    /// Whether to look for the last untrusted address in the header instead of its last one.
    package var realIPRecursive = false
    /// The type of error pages for requests without an Accept header.
    package var errorDefaultType = "text/plain"
    package var limits = Limits()
    /// Idle connections to upstreams each event loop keeps; 0 keeps none.
    package var upstreamKeepalive = 60
    package var accessLogIsOn = true

    package init() {}
}

/// Every bound of the data plane. Times in milliseconds, sizes in bytes.
package struct Limits: Sendable {
    package var head = HeadLimits()
    package var responseHead = HeadLimits.response
    /// Largest request body, 0 for any (client_max_body_size).
    package var requestBodyBytes: UInt64 = 0
    /// Largest request body shown to plugins (client_body_buffer_size).
    package var pluginBodyBytes = 8192
    /// Largest chunked request body collected to send it on with a Content-Length; a larger one is sent on chunked.
    package var collectedBodyBytes = 16 << 20
    /// Largest body the Admin API reads.
    package var adminBodyBytes: UInt64 = 10 << 20
    /// Bytes received and not yet used before reading pauses.
    package var pendingBytes = 64 << 10
    /// Bytes of a refused request's body that are read and thrown away to keep the connection.
    package var discardedBodyBytes: UInt64 = 1 << 20
    /// Idle time between requests of a connection.
    package var keepAliveMilliseconds: Int64 = 75_000
    /// Time for a whole request head; on a new connection, for the TLS handshake before it too.
    package var headMilliseconds: Int64 = 60_000
    /// Time between two reads of a request body.
    package var bodyMilliseconds: Int64 = 60_000
    /// Time between two writes of an answer.
    package var sendMilliseconds: Int64 = 60_000
    /// How long a connection is still read after its last answer, so that the client gets to see it.
    package var lingeringMilliseconds: Int64 = 5000
    /// Idle time of a connection to an upstream.
    package var upstreamIdleMilliseconds: Int64 = 60_000
    /// Open client connections of each event loop; further ones are closed at once.
    package var connections = 16_384
    package var http2 = HTTP2Limits()
    package var stream = StreamLimits()
    /// Largest header of the PROXY protocol's version 2.
    package var proxyHeaderBytes = ProxyHeader.maxBytes

    package init() {}
}
