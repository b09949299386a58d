// The settings by name and type, for the parts of the program that act on them.

import Glibc

package enum LogLevel: String, Sendable, CaseIterable, Comparable {
    case debug, info, notice, warn, error, crit, alert, emerg

    package var severity: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    package static func < (one: LogLevel, other: LogLevel) -> Bool { one.severity < other.severity }
}

package enum DatabaseKind: String, Sendable {
    case postgres, cassandra, sqlite, off
}

/// The files of a certificate chain and its private key (both PEM).
package struct CertificateFiles: Sendable, Hashable {
    package let certificate: String
    package let key: String
}

extension Settings {
    package var database: DatabaseKind { text("database").flatMap(DatabaseKind.init) ?? .postgres }
    package var logLevel: LogLevel { text("log_level").flatMap(LogLevel.init) ?? .notice }
    package var isDaemon: Bool { text("nginx_daemon") == "on" }

    /// How many event loops to run: at least one.
    package var workerProcesses: Int {
        if let count = text("nginx_worker_processes").flatMap(Int.init) { return max(1, count) }
        return max(1, Self.usableCores)
    }

    /// The cores that this process may run on, which in a container are not all of the machine's.
    private static var usableCores: Int {
        let status = (try? TextFile.read("/proc/self/status")) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") }
        let mask = line.map { $0.drop { $0 != ":" }.compactMap(\.hexDigitValue) } ?? []
        let cores = mask.reduce(0) { $0 + $1.nonzeroBitCount }
        return cores > 0 ? cores : sysconf(Int32(_SC_NPROCESSORS_ONLN))
    }
}

// MARK: - Files

extension Settings {
    /// Absolute paths of the logs; nil for those that are off.
    package var proxyAccessLog: String? { accessLogPath("proxy_access_log") }
    package var proxyErrorLog: String? { logPath("proxy_error_log") }
    package var adminAccessLog: String? { accessLogPath("admin_access_log") }
    package var adminErrorLog: String? { logPath("admin_error_log") }

    /// Behind the path may stand the name of a format.
    private func accessLogPath(_ property: String) -> String? {
        guard let log = try? accessLog(property), log.isFile else { return nil }
        return paths.resolve(log.path)
    }

    private func logPath(_ property: String) -> String? {
        guard let path = text(property), path != "off" else { return nil }
        return paths.resolve(path)
    }

    /// The database file of `database = sqlite`.
    package var sqlitePath: String { paths.resolve(text("sqlite_path") ?? "kong.sqlite") }
    package var declarativeConfig: String? { text("declarative_config") }
    package var trustedCertificates: String? { text("lua_ssl_trusted_certificate") }
    package var tlsVerifyDepth: Int { Int(number("lua_ssl_verify_depth") ?? 1) }

    /// The certificate of the proxy's listeners; nil when none of them needs one.
    package var certificate: CertificateFiles? { certificate("ssl_cert") }
    package var adminCertificate: CertificateFiles? { certificate("admin_ssl_cert") }
    /// The certificate to show to upstream services; nil when none is to be shown.
    package var clientCertificate: CertificateFiles? { flag("client_ssl") ? certificate("client_ssl_cert") : nil }

    private func certificate(_ property: String) -> CertificateFiles? {
        guard let certificate = text(property), let key = text(property + "_key") else { return nil }
        return CertificateFiles(certificate: certificate, key: key)
    }

    package var sslCiphers: String { text("ssl_ciphers") ?? CipherSuite.modern.ciphers }
}

// MARK: - The proxy

extension Settings {
    /// The names of the plugins to load, with `bundled` expanded, in no particular order; unknown names included.
    package var plugins: Set<String> {
        let names = list("plugins")
        if names.first == "off" { return [] }
        var plugins = Set(names.filter { $0 != "bundled" && $0 != "off" && !$0.isEmpty })
        if names.contains("bundled") { plugins.formUnion(Self.bundledPlugins) }
        return plugins
    }

    /// Which headers the proxy adds to answers, by Kong's names for them.
    package var enabledHeaders: Set<String> {
        let names = list("headers")
        if names.first == "off" { return [] }
        var enabled: Set<String> = []
        for name in names {
            switch name.lowercased() {
            case "server_tokens": enabled.formUnion(["server_tokens", "Via", "Server"])
            case "latency_tokens":
                enabled.formUnion(["latency_tokens", "X-Kong-Proxy-Latency", "X-Kong-Upstream-Latency"])
            case let lowercased:
                if let header = Self.headerNames.first(where: { $0.lowercased() == lowercased }) {
                    enabled.insert(header)
                }
            }
        }
        return enabled
    }

    static let headerNames = [
        "server_tokens", "latency_tokens", "Via", "Server", "X-Kong-Proxy-Latency", "X-Kong-Upstream-Latency",
        "X-Kong-Upstream-Status",
    ]

    package var upstreamKeepalive: Int { max(0, Int(number("upstream_keepalive") ?? 60)) }
    package var trustedIPs: [String] { list("trusted_ips") }
    package var realIPHeader: String { text("real_ip_header") ?? "X-Real-IP" }
    package var isRealIPRecursive: Bool { text("real_ip_recursive") == "on" }
    package var errorDefaultType: String { text("error_default_type") ?? "text/plain" }
    /// In bytes; 0 is without a limit.
    package var clientMaxBodySize: Int { text("client_max_body_size").flatMap(Self.bytes) ?? 0 }
    /// In bytes.
    package var clientBodyBufferSize: Int { text("client_body_buffer_size").flatMap(Self.bytes) ?? 8192 }

    /// The value of a directive for one block of nginx's configuration, such as `keepalive_timeout` for the proxy.
    package func directive(_ name: String, in block: Directive.Block) -> String? {
        statements.last { $0.block == block && $0.name == name }?.value
    }

    /// A size in nginx's notation: a number, with k, m or g behind it for powers of 1024. Nil for anything else.
    package static func bytes(_ size: String) -> Int? {
        let shift = ["k": 10, "m": 20, "g": 30][size.suffix(1).lowercased()] ?? 0
        let digits = shift == 0 ? size[...] : size.dropLast()
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }), let count = Int(digits) else {
            return nil
        }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: 1 << shift)
        return overflow ? nil : bytes
    }
}

// MARK: - Name resolution

extension Settings {
    package var dnsResolver: [String] { list("dns_resolver") }
    package var dnsHostsFile: String? { text("dns_hostsfile") }
    /// Upper-case names of kinds of records, and LAST.
    package var dnsOrder: [String] { list("dns_order").map { $0.uppercased() } }
    /// In seconds; nil to go by each record's own time to live.
    package var dnsValidTTL: Double? { number("dns_valid_ttl") }
    package var dnsStaleTTL: Double { number("dns_stale_ttl") ?? 4 }
    package var dnsNotFoundTTL: Double { number("dns_not_found_ttl") ?? 30 }
    package var dnsErrorTTL: Double { number("dns_error_ttl") ?? 1 }
}

extension Settings {
    /// The plugins that `bundled` stands for.
    package static let bundledPlugins: Set<String> = [
        "acl", "aws-lambda", "azure-functions", "basic-auth", "bot-detection", "correlation-id", "cors", "datadog",
        "file-log", "hmac-auth", "http-log", "ip-restriction", "jwt", "key-auth", "kubernetes-sidecar-injector",
        "ldap-auth", "loggly", "oauth2", "post-function", "pre-function", "prometheus", "rate-limiting",
        "request-size-limiting", "request-termination", "request-transformer", "response-ratelimiting",
        "response-transformer", "statsd", "syslog", "tcp-log", "udp-log", "zipkin",
    ]
}
