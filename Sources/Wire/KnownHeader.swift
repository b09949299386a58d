// The header names the gateway itself acts upon. A parsed field carries this number, so that asking for
// `Host` or `Content-Length` is one comparison instead of a case-insensitive text search.

/// A header name the gateway knows; everything else is `.other`.
///
/// At most 64 names (one bit each in `HeaderList`) of at most 24 bytes (see `HeaderNames`).
package enum KnownHeader: UInt8, Sendable, CaseIterable {
    case other
    case host, connection, contentLength, transferEncoding, expect, upgrade, te, keepAlive, trailer
    case proxyConnection, proxyAuthorization, proxyAuthenticate
    case xForwardedFor, xForwardedProto, xForwardedHost, xForwardedPort, xForwardedPrefix, forwarded, xRealIP
    case via, server, date, contentType, contentEncoding, accept, acceptEncoding, authorization, cookie
    case userAgent, referer, origin, location, setCookie, wwwAuthenticate, cacheControl, pragma, expires, vary
    case etag, age, lastModified, range, contentRange, retryAfter, allow, refresh
    case ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince, ifRange
    case kongDebug, xKongUpstreamLatency, xKongProxyLatency, xKongUpstreamStatus
    case xConsumerID, xConsumerUsername, xConsumerCustomID, xRequestID
    /// Any `X-Accel-*`: orders to nginx that never reach the client.
    case xAccel

    /// The name in small letters; empty for `.other`, the common beginning for `.xAccel`.
    package var name: StaticString {
        switch self {
        case .other: ""
        case .host: "host"
        case .connection: "connection"
        case .contentLength: "content-length"
        case .transferEncoding: "transfer-encoding"
        case .expect: "expect"
        case .upgrade: "upgrade"
        case .te: "te"
        case .keepAlive: "keep-alive"
        case .trailer: "trailer"
        case .proxyConnection: "proxy-connection"
        case .proxyAuthorization: "proxy-authorization"
        case .proxyAuthenticate: "proxy-authenticate"
        case .xForwardedFor: "x-forwarded-for"
        case .xForwardedProto: "x-forwarded-proto"
        case .xForwardedHost: "x-forwarded-host"
        case .xForwardedPort: "x-forwarded-port"
        case .xForwardedPrefix: "x-forwarded-prefix"
        case .forwarded: "forwarded"
        case .xRealIP: "x-real-ip"
        case .via: "via"
        case .server: "server"
        case .date: "date"
        case .contentType: "content-type"
        case .contentEncoding: "content-encoding"
        case .accept: "accept"
        case .acceptEncoding: "accept-encoding"
        case .authorization: "authorization"
        case .cookie: "cookie"
        case .userAgent: "user-agent"
        case .referer: "referer"
        case .origin: "origin"
        case .location: "location"
        case .setCookie: "set-cookie"
        case .wwwAuthenticate: "www-authenticate"
        case .cacheControl: "cache-control"
        case .pragma: "pragma"
        case .expires: "expires"
        case .vary: "vary"
        case .etag: "etag"
        case .age: "age"
        case .lastModified: "last-modified"
        case .range: "range"
        case .contentRange: "content-range"
        case .retryAfter: "retry-after"
        case .allow: "allow"
        case .refresh: "refresh"
        case .ifMatch: "if-match"
        case .ifNoneMatch: "if-none-match"
        case .ifModifiedSince: "if-modified-since"
        case .ifUnmodifiedSince: "if-unmodified-since"
        case .ifRange: "if-range"
        case .kongDebug: "kong-debug"
        case .xKongUpstreamLatency: "x-kong-upstream-latency"
        case .xKongProxyLatency: "x-kong-proxy-latency"
        case .xKongUpstreamStatus: "x-kong-upstream-status"
        case .xConsumerID: "x-consumer-id"
        case .xConsumerUsername: "x-consumer-username"
        case .xConsumerCustomID: "x-consumer-custom-id"
        case .xRequestID: "x-request-id"
        case .xAccel: "x-accel-"
        }
    }

    /// The header with this name, whatever the case of its letters; `.other` when the gateway does not know it.
    package static func lookup(_ name: Span<UInt8>) -> KnownHeader {
        HeaderNames.table.lookup(name.bytes, Slice(0, name.count))
    }
}
