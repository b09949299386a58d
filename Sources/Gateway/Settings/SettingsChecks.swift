// What must hold between and beyond the kinds of properties. The texts are Kong's, which scripts may look for.

import Glibc

/// The checks of settings whose kinds are right. Listeners come after all of these, see `SettingsLoader`.
struct SettingsChecks {
    let values: [String: SettingValue]
    private(set) var faults: [String] = []
    private(set) var warnings: [String] = []

    init(_ values: [String: SettingValue]) {
        self.values = values
        checkCassandra()
        if hasTLS("proxy_listen") { checkCertificate("ssl_cert") }
        if values["client_ssl"] == .boolean(true) { checkCertificate("client_ssl_cert") }
        if hasTLS("admin_listen") { checkCertificate("admin_ssl_cert") }
        checkCipherSuite()
        checkHeaders()
        checkResolver()
        checkTrustedAddresses()
        checkOrigins()
        checkMetrics()
    }

    private func text(_ property: String) -> String? {
        if case .text(let text) = values[property] { text } else { nil }
    }

    private func list(_ property: String) -> [String] {
        if case .list(let items) = values[property] { items } else { [] }
    }

    private mutating func checkCassandra() {
        guard text("database") == "cassandra" else { return }
        let policy = text("cassandra_lb_policy") ?? ""
        if policy == "DCAwareRoundRobin", text("cassandra_local_datacenter") == nil {
            faults.append("must specify 'cassandra_local_datacenter' when \(policy) policy is in use")
        }
        for point in list("cassandra_contact_points") {
            do throws(HostAddress.Fault) {
                guard try HostAddress(point).port != nil else { continue }
                faults.append("bad cassandra contact point '\(point)': port must be specified in cassandra_port")
            } catch {
                faults.append("bad cassandra contact point '\(point)': \(error.text)")
            }
        }
        if values["db_update_propagation"] == .number(0) {
            warnings.append(
                "You are using Cassandra but your 'db_update_propagation' setting is set to '0' (default). Due to "
                    + "the distributed nature of Cassandra, you should increase this value.")
        }
    }

    private func hasTLS(_ property: String) -> Bool {
        list(property).contains { entry in
            entry.split(whereSeparator: \.isWhitespace).dropFirst().contains("ssl")
        }
    }

    private mutating func checkCertificate(_ property: String) {
        let certificate = text(property)
        let key = text(property + "_key")
        if certificate != nil, key == nil { faults.append("\(property)_key must be specified") }
        if key != nil, certificate == nil { faults.append("\(property) must be specified") }
        if let certificate, access(certificate, F_OK) != 0 {
            faults.append("\(property): no such file at \(certificate)")
        }
        if let key, access(key, F_OK) != 0 { faults.append("\(property)_key: no such file at \(key)") }
    }

    private mutating func checkCipherSuite() {
        let suite = text("ssl_cipher_suite") ?? "custom"
        if CipherSuite(rawValue: suite) == nil { faults.append("Undefined cipher suite \(suite)") }
    }

    private mutating func checkHeaders() {
        let known = Set(Settings.headerNames.map { $0.lowercased() } + ["off"])
        for header in list("headers") where !known.contains(header.lowercased()) {
            faults.append("headers: invalid entry '\(header)'")
        }
    }

    private mutating func checkResolver() {
        for server in list("dns_resolver") {
            let address = try? HostAddress(server)
            if address == nil || address?.kind == .name {
                faults.append(
                    "dns_resolver must be a comma separated list in the form of IPv4/6 or IPv4/6:port, got '\(server)'")
            }
        }
        if let path = text("dns_hostsfile"), !TextFile.exists(path) || TextFile.isDirectory(path) {
            faults.append("dns_hostsfile: file does not exist")
        }
        let order = list("dns_order")
        for kind in order.isEmpty ? [""] : order where !["LAST", "SRV", "A", "CNAME"].contains(kind.uppercased()) {
            faults.append("dns_order: invalid entry '\(kind)'")
        }
    }

    private mutating func checkMetrics() {
        for (property, range) in [("metrics_series_limit", 0.0...1e6), ("metrics_stall_threshold", 1...1e6)] {
            guard case .number(let number) = values[property] else { continue }
            if range.contains(number), number == number.rounded() { continue }
            faults.append("\(property) must be an integer from \(Int(range.lowerBound)) to 1000000")
        }
    }

    private mutating func checkTrustedAddresses() {
        for address in list("trusted_ips") where !isTrustedAddress(address) {
            faults.append(
                "trusted_ips must be a comma separated list in the form of IPv4 or IPv6 address or CIDR block or "
                    + "'unix:', got '\(address)'")
        }
    }

    private mutating func checkOrigins() {
        var seen: Set<String> = []
        for entry in list("origins") {
            guard let origin = Origin(entry) else {
                faults.append(
                    "an origin must be of the form 'from_scheme://from_host:from_port=to_scheme://to_host:to_port', "
                        + "got '\(entry)'")
                continue
            }
            if let fault = origin.fault {
                faults.append(fault)
            } else if !seen.insert(origin.from).inserted {
                faults.append("duplicate origin (\(origin.from))")
            }
        }
    }
}
