// The bounds of HTTP/2 connections with clients.

/// What one HTTP/2 connection may ask for. The defaults are nginx's where nginx has such a bound.
package struct HTTP2Limits: Sendable {
    /// Streams open at once (http2_max_concurrent_streams).
    package var concurrentStreams = 128
    /// Requests after which a connection is ended, 0 for any number (http2_max_requests). Nothing here grows with a
    /// connection's age, so that there is no need for nginx's 1000.
    package var requests = 0
    /// Time without a stream after which a connection is ended (http2_idle_timeout).
    package var idleMilliseconds: Int64 = 180_000
    /// Largest header block, unpacked and counted as RFC 9113 says, 32 bytes a field more. A larger one ends the
    /// connection; a head beyond `HeadLimits` is answered like one of HTTP/1.
    package var headerBlockBytes = 64 << 10
    /// Bytes of a stream's body that may come before anybody reads it (http2_body_preread_size).
    package var streamWindowBytes = 64 << 10
    /// Bytes of all bodies of a connection that may come before anybody reads them.
    package var connectionWindowBytes = 1 << 20
    /// Bytes of an answer that wait in a stream before its upstream is read no further.
    package var unsentBytes = 64 << 10
    /// Streams that the client may reset, and streams that may fail by its fault, in `countingMilliseconds`
    /// (CVE-2023-44487).
    package var resets = 1000
    /// PING, SETTINGS and PRIORITY frames in `countingMilliseconds` (CVE-2019-9512, CVE-2019-9515).
    package var controlFrames = 1000
    package var countingMilliseconds: Int64 = 30_000
    /// CONTINUATION frames of one header block (CVE-2024-27316).
    package var continuations = 8
    /// DATA frames in a row that carry nothing (CVE-2019-9518).
    package var emptyDataFrames = 16
    /// Answers to control frames that wait because the client does not read them.
    package var waitingControlFrames = 1000

    package init() {}
}
