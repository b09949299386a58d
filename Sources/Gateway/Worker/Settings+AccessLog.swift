// The access logs of the proxy and the Admin API: `proxy_access_log` and `admin_access_log` of kong.conf, and further
// ones that the directive `access_log` opens beside them, as in nginx, where all of one block are written. Formats are
// declared by `nginx_http_log_format`, and a log names one behind its path.

import DataPlane

/// One log as `access_log` describes it.
struct AccessLog: Sendable {
    /// As it was written; `off` for none.
    let path: String
    /// Nil for nginx's own.
    var format: LogFormat?
    /// Only requests are logged for which this is neither empty nor 0 (`if=`).
    var condition: LogFormat?
    /// What has no effect here.
    var unused: String?

    var isOff: Bool { path == "off" }
}

extension Settings {
    /// The log of a property.
    ///
    /// - Parameter property: `proxy_access_log` or `admin_access_log`.
    func accessLog(_ property: String) throws(LogFormat.Fault) -> AccessLog {
        try accessLog(text(property) ?? "off", in: property)
    }

    /// Those that directives open in a server's own block. What the block around it says counts for no server, since
    /// both have logs of their own.
    func injectedLogs(_ block: Directive.Block) throws(LogFormat.Fault) -> [AccessLog] {
        var logs: [AccessLog] = []
        for directive in statements where directive.block == block && directive.name == "access_log" {
            logs.append(try accessLog(directive.value, in: directive.property))
        }
        return logs
    }

    /// `PATH [FORMAT [buffer=SIZE] [gzip[=LEVEL]] [flush=TIME] [if=CONDITION]]`
    private func accessLog(_ value: String, in property: String) throws(LogFormat.Fault) -> AccessLog {
        guard let words = NginxWords.split(value), let path = words.first else {
            throw LogFormat.Fault(text: "invalid number of arguments in \(property)")
        }
        var log = AccessLog(path: path)
        if log.isOff, words.count > 1 {
            throw LogFormat.Fault(text: "invalid parameter \"\(words[1])\" in \(property)")
        }
        if path.hasPrefix("syslog:") || path.contains("$") { log.unused = path }
        if words.count > 1 { log.format = try format(words[1], property) }
        for word in words.dropFirst(2) { try take(word, &log, property) }
        return log
    }

    private func format(_ name: String, _ property: String) throws(LogFormat.Fault) -> LogFormat? {
        if name.lowercased() == "combined" { return nil }
        for directive in statements where directive.block == .http && directive.name == "log_format" {
            let declared = try declaredFormat(directive)
            if declared.name.lowercased() == name.lowercased() { return declared.format }
        }
        throw LogFormat.Fault(text: "unknown log format \"\(name)\" in \(property)")
    }

    /// Lines are kept together for 10 ms in any case: sizes and times of buffers are read and left alone.
    private func take(_ word: String, _ log: inout AccessLog, _ property: String) throws(LogFormat.Fault) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let value = parts.count > 1 ? parts[1] : ""
        switch parts[0] {
        case "buffer" where Settings.bytes(value) ?? 0 > 0: break
        case "flush" where NginxTime.duration(value[...]) ?? 0 > 0: break
        case "gzip" where parts.count == 1 || (1...9).contains(Int(value) ?? 0): log.unused = word
        case "if" where parts.count > 1:
            do throws(LogFormat.Fault) {
                log.condition = try LogFormat(value, escape: .none)
            } catch {
                throw LogFormat.Fault(text: "\(error.text) in \(property)")
            }
        default: throw LogFormat.Fault(text: "invalid parameter \"\(word)\" in \(property)")
        }
    }

    /// Why nginx would not start with the logs; nil when it would.
    var accessLogFault: String? {
        do throws(LogFormat.Fault) {
            for directive in statements where directive.block == .http && directive.name == "log_format" {
                _ = try declaredFormat(directive)
            }
            for property in ["proxy_access_log", "admin_access_log"] { _ = try accessLog(property) }
            for block in [Directive.Block.http, .proxy, .admin] { _ = try injectedLogs(block) }
            return nil
        } catch {
            return error.text
        }
    }

    /// What of the logs has no effect.
    var unusedLogs: [String] {
        var unused: [String] = []
        for (property, block) in [("proxy_access_log", Directive.Block.proxy), ("admin_access_log", .admin)] {
            if let part = try? accessLog(property).unused { unused.append("\(part) of \(property)") }
            let logs = (try? injectedLogs(block)) ?? []
            unused += logs.compactMap(\.unused).map { "\($0) of \(block.rawValue)access_log" }
        }
        return unused
    }

    /// `NAME [escape=default|json|none] 'TEXT' ...`
    private func declaredFormat(_ directive: Directive) throws(LogFormat.Fault) -> (name: String, format: LogFormat) {
        let property = directive.property
        guard var words = NginxWords.split(directive.value), words.count >= 2 else {
            throw LogFormat.Fault(text: "invalid number of arguments in \(property)")
        }
        let name = words.removeFirst()
        var escape = LogFormat.Escape.standard
        if words[0].hasPrefix("escape=") {
            let word = words.removeFirst()
            guard let known = LogFormat.Escape(rawValue: String(word.dropFirst(7))), !words.isEmpty else {
                throw LogFormat.Fault(text: "unknown log format escaping \"\(word)\" in \(property)")
            }
            escape = known
        }
        do throws(LogFormat.Fault) {
            return (name, try LogFormat(words.joined(), escape: escape))
        } catch {
            throw LogFormat.Fault(text: "\(error.text) in \(property)")
        }
    }
}

extension Settings {
    /// The absolute paths of every file that the node logs to.
    package var logPaths: [String] {
        let injected = [Directive.Block.proxy, .admin].flatMap { block in
            ((try? injectedLogs(block)) ?? []).filter(\.isFile).map { paths.resolve($0.path) }
        }
        return [proxyAccessLog, proxyErrorLog, adminAccessLog, adminErrorLog].compactMap { $0 } + injected
    }
}

extension AccessLog {
    /// Whether it is written to a file, whose name does not depend on the request.
    var isFile: Bool { !isOff && !path.hasPrefix("syslog:") && !path.contains("$") }
}
