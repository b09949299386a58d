// Loads the settings: defaults, then the file, then environment variables, then options of the command line.

/// Turns a configuration file and an environment into `Settings`.
package struct SettingsLoader {
    /// Receives what Kong's loader tells about its work.
    package typealias Tell = (_ level: OutputLevel, _ text: String) -> Void

    package static let searchPaths = ["/etc/kong/kong.conf", "/etc/kong.conf"]

    /// The variables that may override properties; others are ignored.
    let environment: [String: String]
    let tell: Tell

    package init(environment: [String: String], tell: @escaping Tell = { _, _ in }) {
        self.environment = environment
        self.tell = tell
    }

    /// Loads from the file at `path`, or from the first default place that has one, or from nothing.
    /// - Parameter overrides: values by property that win over everything else, such as the option --prefix.
    package func load(path: String?, overrides: [String: String] = [:]) throws(SettingsFaults) -> Settings {
        let file = try readFile(path)
        return try resolve(file.map { ConfFile($0).values } ?? [:], overrides: overrides)
    }

    private func readFile(_ path: String?) throws(SettingsFaults) -> String? {
        if let path {
            guard TextFile.exists(path) else { throw SettingsFaults(["no file at: \(path)"]) }
            return try read(path)
        }
        for candidate in Self.searchPaths {
            if TextFile.exists(candidate) { return try read(candidate) }
            tell(.verbose, "no config file found at \(candidate)")
        }
        tell(.verbose, "no config file, skip loading")
        return nil
    }

    private func read(_ path: String) throws(SettingsFaults) -> String {
        tell(.verbose, "reading config file at \(path)")
        do throws(FileFault) {
            return try TextFile.read(path)
        } catch {
            throw SettingsFaults(["\(path): \(error.reason)"])
        }
    }

    /// Puts raw values over the defaults and checks the outcome.
    package func resolve(
        _ file: [String: RawValue], overrides: [String: String] = [:]
    ) throws(SettingsFaults) -> Settings {
        var raw = file
        tell(.debug, "reading environment variables")
        for (property, value) in variables() { raw[property] = RawValue(asText: value) }
        for (property, value) in overrides { raw[property] = RawValue(asText: RawValue.escaped(value)) }

        var inference = Inference()
        for property in Property.all { inference.add(property, raw[property.name]) }
        let checks = SettingsChecks(inference.values)
        for warning in checks.warnings { tell(.warn, warning) }
        let faults = inference.faults + checks.faults
        guard faults.isEmpty else { throw SettingsFaults(faults) }

        let directives = raw.sorted { $0.key < $1.key }.compactMap {
            Property.byName[$0.key] == nil ? Directive(property: $0.key, value: $0.value.text) : nil
        }
        inference.chooseCiphers()
        dump(inference.values, directives)
        return try settings(inference, directives)
    }

    /// The properties that variables override, sorted.
    private func variables() -> [(property: String, value: String)] {
        var found: [(property: String, value: String)] = []
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix("KONG_") {
            let key = name.dropFirst(5).lowercased()
            let property = Property.byName[key]
            guard name == "KONG_" + key.uppercased(), property != nil || Directive(property: key, value: value) != nil
            else { continue }
            tell(.debug, "\(name) ENV found with \"\(property?.isSensitive == true ? "******" : value)\"")
            found.append((key, value))
        }
        return found
    }

    private func dump(_ values: [String: SettingValue], _ directives: [Directive]) {
        var lines: [String: String] = [:]
        for (name, value) in values {
            lines[name] = Property.byName[name]?.isSensitive == true ? "\"******\"" : value.dumpText
        }
        for directive in directives { lines[directive.property] = SettingValue.text(directive.value).dumpText }
        for (name, line) in lines.sorted(by: { $0.key < $1.key }) { tell(.debug, "\(name) = \(line)") }
    }

    private func settings(_ inference: Inference, _ directives: [Directive]) throws(SettingsFaults) -> Settings {
        let proxy = try listeners("proxy_listen", inference.values, ListenAddress.Flag.allCases)
        let stream = try listeners("stream_listen", inference.values, [.ssl, .proxyProtocol, .transparent])
        let admin = try listeners("admin_listen", inference.values, ListenAddress.Flag.allCases)
        var values = inference.values
        Self.makeAbsolute(&values)
        let paths = PrefixPaths(values["prefix"]?.fileText ?? "/usr/local/kong")
        values["prefix"] = .text(paths.prefix)
        tell(.verbose, "prefix in use: \(paths.prefix)")
        return Settings(
            values: values, unset: inference.unset, directives: directives, proxyListeners: proxy,
            adminListeners: admin, streamListeners: stream, paths: paths)
    }

    private func listeners(
        _ property: String, _ values: [String: SettingValue], _ allowed: [ListenAddress.Flag]
    ) throws(SettingsFaults) -> [ListenAddress] {
        guard case .list(let entries) = values[property],
            let addresses = ListenAddress.list(entries, allowed: allowed)
        else {
            // Kong 1.1's words, which know no ssl for streams.
            let told = property == "stream_listen" ? allowed.filter { $0 != .ssl } : allowed
            throw SettingsFaults([ListenAddress.usage(property, allowed: told)])
        }
        return addresses
    }

    /// Paths that are meant from the directory of the command; the node itself may run in another.
    private static func makeAbsolute(_ values: inout [String: SettingValue]) {
        let files = [
            "ssl_cert", "ssl_cert_key", "client_ssl_cert", "client_ssl_cert_key", "admin_ssl_cert",
            "admin_ssl_cert_key", "lua_ssl_trusted_certificate", "declarative_config",
        ]
        for file in files {
            if case .text(let path) = values[file] { values[file] = .text(PrefixPaths.absolute(path)) }
        }
    }
}
