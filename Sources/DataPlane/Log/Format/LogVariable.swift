// nginx's variables that a line of the access log may hold.

import PluginKit

enum LogVariable: Sendable, Equatable {
    /// Those that are one value, by nginx's names.
    enum Known: String, Sendable {
        case remote_addr, remote_port, remote_user, realip_remote_addr, realip_remote_port
        case proxy_protocol_addr, proxy_protocol_port, proxy_add_x_forwarded_for
        case time_local, time_iso8601, msec
        case request, request_method, request_uri, uri, document_uri, args, query_string, is_args, server_protocol
        case request_length, request_time, request_id, request_completion, http2
        case host, hostname, server_addr, server_port, server_name, scheme, https
        case content_type, content_length
        case status, body_bytes_sent, bytes_sent, gzip_ratio
        case connection, connection_requests, connection_time, pid, pipe
        case ssl_protocol, ssl_cipher, ssl_server_name, ssl_session_reused, ssl_client_verify
        case upstream_addr, upstream_status, upstream_connect_time, upstream_header_time, upstream_response_time
        case upstream_response_length, upstream_bytes_sent, upstream_bytes_received, upstream_cache_status
    }

    case known(Known)
    /// `$http_name`: a header of the request.
    case requestHeader(HeaderName)
    /// `$sent_http_name`: a header of the answer as the client gets it.
    case sentHeader(HeaderName)
    /// `$upstream_http_name`: a header of the upstream's answer.
    case upstreamHeader(HeaderName)
    /// `$upstream_cookie_name`: a cookie that the upstream sets.
    case upstreamCookie([UInt8])
    /// `$arg_name`: an argument of the query.
    case argument([UInt8])
    /// `$cookie_name`
    case cookie([UInt8])

    /// Nil for a name that means nothing here.
    init?(_ name: String) {
        let lowered = name.lowercased()
        if let known = Known(rawValue: lowered) {
            self = .known(known)
            return
        }
        func rest(_ prefix: String) -> String? {
            lowered.hasPrefix(prefix) && lowered.count > prefix.count ? String(name.dropFirst(prefix.count)) : nil
        }
        if let name = rest("http_") {
            self = .requestHeader(Self.header(name))
        } else if let name = rest("sent_http_") {
            self = .sentHeader(Self.header(name))
        } else if let name = rest("upstream_http_") {
            self = .upstreamHeader(Self.header(name))
        } else if let name = rest("upstream_cookie_") {
            self = .upstreamCookie(Array(name.utf8))
        } else if let name = rest("arg_") {
            self = .argument(Array(name.utf8))
        } else if let name = rest("cookie_") {
            self = .cookie(Array(name.utf8))
        } else {
            return nil
        }
    }

    var wants: LogWants {
        switch self {
        case .known(let name) where name.rawValue.hasPrefix("upstream_"): .tries
        case .known(let name) where name.rawValue.hasPrefix("ssl_"): .handshake
        case .sentHeader: .sentHead
        default: []
        }
    }

    private static func header(_ name: String) -> HeaderName {
        HeaderName(bytes: name.utf8.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0 })
    }
}
