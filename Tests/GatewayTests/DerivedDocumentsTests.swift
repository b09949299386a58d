// What is derived from the declarations of the properties.

import Foundation
import Gateway
import Schema
import Testing

@Suite("What is derived from the settings")
struct DerivedDocumentsTests {
    @Test func `reading .kong_env gives the settings back`() throws {
        let settings = try load(
            "prefix = /tmp/x", "pg_password = a\\#b", "plugins = key-auth, acl", "pg_port = abc", "headers = off",
            "nginx_http_x = y z", "trusted_ips = 10.0.0.0/8, unix:", "anonymous_reports = off")
        let again = try load(settings.kongEnvText)
        #expect(again.values == settings.values)
        #expect(again.directives == settings.directives)
        #expect(again["pg_port"] == nil, "an unset property stays unset")
    }

    @Test func `.kong_env has Kong's form`() throws {
        let lines = try load("prefix = /tmp/x", "plugins = a, b").kongEnvText.split(separator: "\n")
        #expect(lines.contains("plugins = a,b"))
        #expect(lines.contains("client_ssl = false"))
        #expect(lines.contains("ssl_cert_default = /tmp/x/ssl/kong-default.crt"))
        #expect(!lines.contains { $0.hasPrefix("dns_resolver") || $0.hasPrefix("pg_schema") })
    }

    @Test func `kong.conf.default names every property once and is valid with all comments taken off`() {
        let heads = Property.confDefault.split(separator: "\n").filter {
            $0.first == "#" && $0.dropFirst().first != " "
        }
        let settings = heads.filter { $0.contains(" =") }.map { String($0.dropFirst()) }
        #expect(settings.count == Property.all.count)
        #expect(faults(settings.joined(separator: "\n")) == [])
    }

    @Test func `the manual page names every property, and roff takes none of its text for a request`() {
        let lines = Property.manual.split(separator: "\n", omittingEmptySubsequences: false)
        for property in Property.all {
            #expect(lines.contains { $0.hasPrefix("\\fB\(property.name)\\fR") }, "\(property.name)")
        }
        let requests = Set(lines.filter { $0.hasPrefix(".") || $0.hasPrefix("'") }.map { $0.prefix(3) })
        #expect(requests.isSubset(of: [".TH", ".ad", ".SH", ".TP", ".PP", ".I ", ".BR"]))
    }

    @Test func `the configuration object hides passwords and has lists of listeners`() throws {
        let object = try load("pg_password = secret", "proxy_listen = 127.0.0.1:1 ssl").configuration
        #expect(object["pg_password"] == "******")
        #expect(object["cassandra_password"] == nil)
        #expect(object["dns_resolver"] == .object([:]))
        #expect(object["proxy_listeners"]?.array?.first?["listener"] == "127.0.0.1:1 ssl")
        #expect(object["loaded_plugins"]?["key-auth"] == true)
        #expect(object["log_level"] == "notice")
    }

    @Test func `the reference page is up to date (kong docs settings)`() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/reference/settings.md")
        #expect(try String(contentsOf: page, encoding: .utf8) == Property.reference + "\n")
    }
}
