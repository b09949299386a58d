// nginx's variables that a line of the access log may hold.

import PluginKit

enum LogVariable: Sendable, Equatable {
    /// Those that are one value, by nginx's names.
    enum Known: String, Sendable {
        case remote_addr, remote_user, realip_remote_addr, proxy_protocol_addr
        case time_local, time_iso8601, msec
        case request, request_method, request_uri, uri, args, query_string, is_args, server_protocol
        case request_length, request_time, request_id
        case host, hostname, server_addr, server_port, server_name, scheme, https
        case content_type, content_length
        case status, body_bytes_sent, bytes_sent
        case connection, connection_requests, pid, pipe
        case upstream_addr, upstream_status, upstream_connect_time, upstream_header_time, upstream_response_time

        var concernsTries: Bool { rawValue.hasPrefix("upstream_") }
    }

    case known(Known)
    /// `$http_name`: a header of the request.
    case requestHeader(HeaderName)
    /// `$sent_http_name`: a header of the answer as the client gets it.
    case sentHeader(HeaderName)
    /// `$upstream_http_name`: a header of the upstream's answer.
    case upstreamHeader(HeaderName)
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
        } else if let name = rest("arg_") {
            self = .argument(Array(name.utf8))
        } else if let name = rest("cookie_") {
            self = .cookie(Array(name.utf8))
        } else {
            return nil
        }
    }

    private static func header(_ name: String) -> HeaderName {
        HeaderName(bytes: name.utf8.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0 })
    }
}
