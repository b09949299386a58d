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
    /// What the access logs' lines say, where that is not nginx's `combined` format.
    package var accessFormat: LogFormat?
    package var adminAccessFormat: LogFormat?
    /// Which requests the logs leave out: those for which this is empty or 0.
    package var accessCondition: LogFormat?
    package var adminAccessCondition: LogFormat?
    /// What injected directives do to the answers of the proxy, and to those of the Admin API.
    package var proxyAnswers = AnswerRules()
    package var adminAnswers = AnswerRules()
    /// Whether an upstream is asked only when the request's body is there as a whole (proxy_request_buffering).
    package var buffersRequests = true
    /// Whether answers of unknown length are chunked (chunked_transfer_encoding).
    package var chunksAnswers = true
    /// Where bodies go that are not kept in memory.
    package var spoolFolder = "/tmp"

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
    /// Largest request body that is buffered in memory and not on the disk (client_body_buffer_size).
    package var bufferedBodyBytes = 8192
    /// Largest body of an answer that plugins can change; a longer one is answered with 502.
    package var changedBodyBytes = 32 << 20
    /// Largest body the Admin API reads.
    package var adminBodyBytes: UInt64 = 10 << 20
    /// Bytes received and not yet used before reading pauses.
    package var pendingBytes = 64 << 10
    /// Bytes of a refused request's body that are read and thrown away to keep the connection.
    package var discardedBodyBytes: UInt64 = 1 << 20
    /// Idle time between requests of a connection.
    package var keepAliveMilliseconds: Int64 = 75_000
    /// Requests of one connection, after which it is closed.
    package var connectionRequests = Int.max
    /// Time for one more request on an idle connection of a worker that ends.
    package var drainMilliseconds: Int64 = 1000
    /// How long a worker that ends waits for what is under way; 0 waits as long as it takes.
    package var shutdownMilliseconds: Int64 = 0
    /// How long a worker that ends waits for what plugins send on their own account.
    package var outboundMilliseconds: Int64 = 10_000
    /// Time for a whole request head; on a new connection, for the TLS handshake before it too.
    package var headMilliseconds: Int64 = 60_000
    /// Time between two reads of a request body.
    package var bodyMilliseconds: Int64 = 60_000
    /// Time between two writes of an answer.
    package var sendMilliseconds: Int64 = 60_000
    /// How long a connection is still read after its last answer, so that the client gets to see it.
    package var lingeringMilliseconds: Int64 = 5000
    /// Whether a connection is read at all then (lingering_close).
    package var lingers = true
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
