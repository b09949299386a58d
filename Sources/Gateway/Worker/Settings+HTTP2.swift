// HTTP/2's bounds as kong.conf has them: nginx's directives of the same names, injected into the proxy's block or into
// all of them.

import DataPlane

extension HTTP2Limits {
    init(_ settings: Settings) {
        self.init()
        set(\.concurrentStreams, settings.http2Count("http2_max_concurrent_streams"))
        set(\.requests, settings.http2Count("http2_max_requests"))
        set(\.idleMilliseconds, settings.http2Directive("http2_idle_timeout").flatMap(NginxTime.milliseconds))
        set(\.headerBlockBytes, settings.http2Directive("http2_max_header_size").flatMap(Settings.bytes))
        set(\.streamWindowBytes, settings.http2Directive("http2_body_preread_size").flatMap(Settings.bytes))
    }

    private mutating func set<Value>(_ limit: WritableKeyPath<HTTP2Limits, Value>, _ value: Value?) {
        if let value { self[keyPath: limit] = value }
    }
}

/// A time in nginx's notation.
enum NginxTime {
    private static let units: [(String, Int64)] = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)]

    /// `90s`, `3m` or a bare number of seconds; nil for anything else.
    static func milliseconds(_ text: String) -> Int64? {
        let (suffix, unit) = units.first { text.hasSuffix($0.0) } ?? ("", 1000)
        let digits = text.dropLast(suffix.count)
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }), let count = Int64(digits) else {
            return nil
        }
        let (time, overflow) = count.multipliedReportingOverflow(by: unit)
        return overflow ? nil : time
    }
}

extension Settings {
    fileprivate func http2Directive(_ name: String) -> String? {
        directive(name, in: .proxy) ?? directive(name, in: .http)
    }

    fileprivate func http2Count(_ name: String) -> Int? {
        http2Directive(name).flatMap { Int($0) }.flatMap { $0 >= 0 && $0 <= Int(Int32.max) ? $0 : nil }
    }

    /// Whether a listener offers HTTP/2 in TLS handshakes.
    var offersHTTP2: Bool {
        (proxyListeners + adminListeners).contains { $0.ssl && $0.http2 }
    }
}
