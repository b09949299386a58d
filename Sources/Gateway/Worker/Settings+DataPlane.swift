// kong.conf in the data plane's own terms.

import DataPlane
import Glibc

extension ProxyConfiguration {
    init(_ settings: Settings) {
        self.init()
        let enabled = settings.enabledHeaders
        headers.via = enabled.contains("Via")
        headers.server = enabled.contains("Server")
        headers.proxyLatency = enabled.contains("X-Kong-Proxy-Latency")
        headers.upstreamLatency = enabled.contains("X-Kong-Upstream-Latency")
        headers.upstreamStatus = enabled.contains("X-Kong-Upstream-Status")
        trusted = AddressSet(settings.trustedIPs)
        realIPHeader = settings.realIPHeader
        realIPRecursive = settings.isRealIPRecursive
        errorDefaultType = settings.errorDefaultType
        upstreamKeepalive = settings.upstreamKeepalive
        limits.requestBodyBytes = UInt64(settings.clientMaxBodySize)
        limits.pluginBodyBytes = settings.clientBodyBufferSize
        limits.bufferedBodyBytes = settings.clientBodyBufferSize
        spoolFolder = settings.spoolFolder
        let logs = (try? settings.accessLog("proxy_access_log"), try? settings.accessLog("admin_access_log"))
        (accessFormat, adminAccessFormat) = (logs.0?.format, logs.1?.format)
        (accessCondition, adminAccessCondition) = (logs.0?.condition, logs.1?.condition)
        (proxyAnswers, adminAnswers) = (settings.answerRules(.proxy), settings.answerRules(.admin))
        limits.http2 = HTTP2Limits(settings)
        limits.stream = StreamLimits(settings)
        limits.connections = Self.connectionLimit / max(settings.workerProcesses, 1)
        apply(settings.statements)
    }

    /// nginx' worker_connections as Kong sets it: 16384, or as many files as may be open.
    private static var connectionLimit: Int {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return min(16_384, Int(clamping: limit.rlim_cur))
    }
}

extension Settings {
    /// nginx's folder for request bodies, or that of client_body_temp_path, whose levels mean nothing for files without
    /// names.
    var spoolFolder: String {
        let name = "client_body_temp_path"
        let own = directive(name, in: .proxy) ?? directive(name, in: .http)
        return own?.split(separator: " ").first.map { paths.resolve(String($0)) } ?? paths.bodies
    }
}

extension DNSConfiguration {
    init(_ settings: Settings) {
        self.init()
        resolvers = settings.dnsResolver.compactMap { DNSServer($0) }
        if let path = settings.dnsHostsFile { hostsFile = path }
        let names = settings.dnsOrder.compactMap { DNSOrder(name: $0) }
        if !names.isEmpty { order = names }
        validLifetime = settings.dnsValidTTL.map { .seconds($0) }
        staleLifetime = .seconds(settings.dnsStaleTTL)
        notFoundLifetime = .seconds(settings.dnsNotFoundTTL)
        errorLifetime = .seconds(settings.dnsErrorTTL)
        noSync = settings.flag("dns_no_sync")
    }
}
