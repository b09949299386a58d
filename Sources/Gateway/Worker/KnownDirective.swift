// The directives of nginx that have an equivalent here, in one table: where each may stand, how its value reads and
// what it sets. What the table does not name is told at the start, so that nobody relies on it in vain.

import DataPlane

/// A directive that means the same here as in nginx.
struct KnownDirective: Sendable {
    /// What became of a value.
    enum Outcome {
        case done
        /// nginx would not start with it.
        case invalid
    }

    let name: String
    /// One line for the reference.
    let doc: String
    /// The outermost block first: an inner one has the last word.
    var blocks: [Directive.Block] = [.http, .proxy]
    let apply: @Sendable (String, inout ProxyConfiguration) -> Outcome

    /// In the order of the reference page.
    static let all =
        [
            time("client_header_timeout", "Time for a whole request head.", \.headMilliseconds),
            time("client_body_timeout", "Time between two reads of a request's body.", \.bodyMilliseconds),
            time("send_timeout", "Time between two writes of an answer.", \.sendMilliseconds),
            time(
                "keepalive_timeout",
                "Idle time between requests; 0 closes after each. A second time is read and left alone.",
                \.keepAliveMilliseconds),
            KnownDirective(name: "keepalive_requests", doc: "Requests of one connection, after which it is closed.") {
                guard let count = Int($0), (0...Int(Int32.max)).contains(count) else { return .invalid }
                $1.limits.connectionRequests = count
                return .done
            },
            KnownDirective(
                name: "worker_shutdown_timeout",
                doc: "How long a worker that ends waits for requests, WebSockets and streams before it closes them.",
                apply: shutdownTimeout),
            time(
                "lingering_timeout", "How long a connection is read after its last answer.", \.lingeringMilliseconds),
            size("client_max_body_size", "Largest request body; 0 for any.") { $0.requestBodyBytes = UInt64($1) },
            size("client_body_buffer_size", "Largest request body that plugins see and that is buffered in memory.") {
                $0.pluginBodyBytes = $1
                $0.bufferedBodyBytes = $1
            },
            KnownDirective(
                name: "large_client_header_buffers", doc: "Number and size of buffers for lines of a request head.",
                apply: headBuffers),
            size("proxy_buffer_size", "Largest head of an upstream's answer.") {
                $0.setAnswerHead(bytes: $1)
            },
            flag(
                "chunked_transfer_encoding",
                "Whether answers of unknown length are chunked; if not, the end of the connection ends them.",
                \.chunksAnswers),
            KnownDirective(
                name: "lingering_close",
                doc: "Whether a connection is read after its last answer while the client may be sending."
            ) {
                guard ["on", "off"].contains($0) else { return .invalid }
                $1.limits.lingers = $0 == "on"
                return .done
            },
            KnownDirective(
                name: "proxy_buffering", doc: "Answers are passed on as they come in any case, as with `off`."
            ) { value, _ in ["on", "off"].contains(value) ? .done : .invalid },
            KnownDirective(
                name: "server_tokens", doc: "The gateway tells no version of its own in any case, as with `off`.",
                blocks: [.http, .proxy, .admin]
            ) { value, _ in ["on", "off", "build"].contains(value) ? .done : .invalid },
            flag(
                "proxy_request_buffering", "Whether a request's body is read whole before the upstream is asked.",
                \.buffersRequests),
        ] + answers + elsewhere

    /// Read where their parts of the program are set up.
    private static let elsewhere = [
        ("log_format", "A format for access logs, which name it behind their path.", [.http]),
        ("access_log", "A log beside that of kong.conf; `off` closes both.", [.proxy, .admin]),
        ("client_body_temp_path", "Where request bodies go that are not buffered in memory.", [.http, .proxy]),
        ("http2_max_concurrent_streams", "Streams of one HTTP/2 connection at a time.", [.http, .proxy]),
        ("http2_max_requests", "Requests over one HTTP/2 connection.", [.http, .proxy]),
        ("http2_idle_timeout", "Idle time of an HTTP/2 connection.", [.http, .proxy]),
        ("http2_max_header_size", "Largest head of an HTTP/2 request.", [.http, .proxy]),
        ("http2_body_preread_size", "Window of an HTTP/2 stream.", [.http, .proxy]),
        ("ssl_protocols", "Versions of TLS.", [.proxy]),
        ("preread_timeout", "Time for a stream's first bytes.", [.stream, .streamProxy]),
        ("preread_buffer_size", "Bytes of a stream that are read before it has a route.", [.stream, .streamProxy]),
        ("ssl_handshake_timeout", "Time for the TLS handshake of a stream.", [.stream, .streamProxy]),
    ].map { (name: String, doc: String, blocks: [Directive.Block]) in
        KnownDirective(name: name, doc: doc, blocks: blocks) { _, _ in .done }
    }

    private static func time(
        _ name: String, _ doc: String, _ limit: any WritableKeyPath<Limits, Int64> & Sendable
    ) -> KnownDirective {
        KnownDirective(name: name, doc: doc) { value, configuration in
            let words = value.split(separator: " ")
            let most = name == "keepalive_timeout" ? 2 : 1
            let times = words.compactMap { NginxTime.duration($0) }
            guard let first = times.first, times.count == words.count, words.count <= most else { return .invalid }
            configuration.limits[keyPath: limit] = first
            return .done
        }
    }

    private static func size(
        _ name: String, _ doc: String, _ set: @escaping @Sendable (inout Limits, Int) -> Void
    ) -> KnownDirective {
        KnownDirective(name: name, doc: doc) { value, configuration in
            guard let bytes = Settings.bytes(value) else { return .invalid }
            set(&configuration.limits, bytes)
            return .done
        }
    }

    private static func flag(
        _ name: String, _ doc: String, _ flag: any WritableKeyPath<ProxyConfiguration, Bool> & Sendable
    ) -> KnownDirective {
        KnownDirective(name: name, doc: doc) { value, configuration in
            guard ["on", "off"].contains(value) else { return .invalid }
            configuration[keyPath: flag] = value == "on"
            return .done
        }
    }

    /// An idle connection is not waited for longer than one that is not.
    private static func shutdownTimeout(_ value: String, _ configuration: inout ProxyConfiguration) -> Outcome {
        guard let time = NginxTime.duration(value[...]) else { return .invalid }
        configuration.limits.shutdownMilliseconds = time
        if time > 0 { configuration.limits.drainMilliseconds = min(configuration.limits.drainMilliseconds, time) }
        return .done
    }

    /// `4 8k`: no line is longer than one buffer, no head longer than all of them.
    private static func headBuffers(_ value: String, _ configuration: inout ProxyConfiguration) -> Outcome {
        let words = value.split(separator: " ").map(String.init)
        guard words.count == 2, let count = Int(words[0]), (1...1024).contains(count),
            let bytes = Settings.bytes(words[1]), (1...(16 << 20)).contains(bytes)
        else { return .invalid }
        configuration.limits.setHeadBuffers(count: count, bytes: bytes)
        return .done
    }
}

extension NginxTime {
    private static let units: [Substring: Int64] = [
        "ms": 1, "s": 1000, "": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000,
        "M": 2_592_000_000, "y": 31_536_000_000,
    ]

    /// `1h30m`, `90s`, `500ms` or a bare number of seconds, in milliseconds; nil for anything else.
    static func duration(_ text: Substring) -> Int64? {
        var rest = text
        var total: Int64 = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(unit.count)
            // No timeout needs ten digits, and so nothing overflows.
            guard digits.count <= 9, let count = Int64(digits), let size = units[unit] else { return nil }
            total += count * size
        }
        return total
    }
}

extension ProxyConfiguration {
    /// Takes over what the directives say.
    mutating func apply(_ directives: [Directive]) {
        for known in KnownDirective.all {
            for block in known.blocks {
                guard let directive = directives.last(where: { $0.block == block && $0.name == known.name }) else {
                    continue
                }
                _ = known.apply(directive.value, &self)
            }
        }
    }
}

extension Settings {
    /// Why nginx would not start with the directives; nil when it would.
    package var directiveFault: String? {
        for directive in statements {
            guard let known = KnownDirective.all.first(where: { directive.means($0) }) else { continue }
            var scratch = ProxyConfiguration()
            if case .invalid = known.apply(directive.value, &scratch) {
                return "\"\(directive.name)\" directive invalid value \"\(directive.value)\" in \(directive.property)"
            }
        }
        return accessLogFault
    }

    /// The warning that names the directives without effect; nil when there is none.
    package var directiveWarning: String? {
        let unknown = statements.filter { directive in !KnownDirective.all.contains { directive.means($0) } }
        let names = unknown.map(\.property) + unusedLogs
        return names.isEmpty ? nil : "no effect here: \(names.joined(separator: ", "))"
    }
}

extension Directive {
    fileprivate func means(_ known: KnownDirective) -> Bool {
        known.name == name && known.blocks.contains(block)
    }
}
