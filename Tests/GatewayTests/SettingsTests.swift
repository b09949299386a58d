// Properties from files and variables to values: kinds, defaults, faults.

import Gateway
import Testing

@Suite("Settings")
struct SettingsTests {
    @Test func `without a file everything has its default`() throws {
        let settings = try load()
        #expect(settings.prefix == "/usr/local/kong")
        #expect(settings.database == .postgres)
        #expect(settings.proxyListeners.map(\.listener) == ["0.0.0.0:8000", "0.0.0.0:8443 ssl"])
        #expect(settings.streamListeners.isEmpty)
        #expect(settings["pg_schema"] == nil)
        #expect(settings["dns_resolver"] == .list([]))
        #expect(settings["lua_package_cpath"] == .text(""))
        #expect(settings.plugins == Settings.bundledPlugins)
    }

    @Test func `a variable wins over the file and an empty one unsets`() throws {
        let settings = try load(
            "pg_user = file", "pg_host = file",
            environment: ["KONG_PG_USER": "variable", "KONG_PG_HOST": "", "Kong_Pg_Port": "1", "KONG_NOPE": "1"])
        #expect(settings["pg_user"] == .text("variable"))
        #expect(settings["pg_host"] == nil)
        #expect(settings["pg_port"] == .number(5432))
    }

    @Test func `an override wins over the variable`() throws {
        let loader = SettingsLoader(environment: ["KONG_PREFIX": "/one"])
        #expect(try loader.resolve([:], overrides: ["prefix": "/two/../three#4/"]).prefix == "/three#4")
    }

    @Test func `what is no number unsets and what is not on is off`() throws {
        let settings = try load("pg_port = abc", "anonymous_reports = yes", "nginx_daemon = true", "pg_ssl = on")
        #expect(settings["pg_port"] == nil)
        #expect(settings["anonymous_reports"] == .boolean(false))
        #expect(settings["nginx_daemon"] == .text("on"))
        #expect(settings.flag("pg_ssl"))
    }

    @Test func `digits are refused as most texts but keep their form as passwords`() throws {
        #expect(faults("pg_user = 007") == ["pg_user is not a string: '7'"])
        #expect(faults("database = 1") == ["database is not a string: '1'"])
        #expect(faults("pg_database = 1e3") == ["pg_database is not a string: '1000'"])
        #expect(try load("pg_password = 007")["pg_password"] == .text("007"))
        #expect(try load(environment: ["KONG_PG_USER": "7"])["pg_user"] == .text("7"))
    }

    @Test func `sqlite is a database although the error texts do not say so`() throws {
        #expect(try load("database = sqlite").sqlitePath == "/usr/local/kong/kong.sqlite")
        #expect(try load("database = sqlite", "sqlite_path = a.db").sqlitePath == "/usr/local/kong/a.db")
        #expect(faults("database = x") == ["database has an invalid value: 'x' (postgres, cassandra, off)"])
        #expect(faults("database =") == ["database has an invalid value: 'nil' (postgres, cassandra, off)"])
    }

    @Test func `the series of /metrics are limited by a number that makes sense`() {
        #expect(faults("metrics_series_limit = 0", "metrics_stall_threshold = 1", "metrics_extended = off") == [])
        #expect(faults("metrics_series_limit = -1") == ["metrics_series_limit must be an integer from 0 to 1000000"])
        #expect(
            faults("metrics_stall_threshold = 0.5") == ["metrics_stall_threshold must be an integer from 1 to 1000000"])
    }

    @Test func `faults of listeners are only told when all else is right`() {
        #expect(faults("proxy_listen = x", "dns_order = X") == ["dns_order: invalid entry 'X'"])
        #expect(faults("proxy_listen = x", "admin_listen = y").count == 1)
    }

    @Test func `certificates are checked for the listeners that use them`() {
        #expect(faults("ssl_cert = /no/a") == ["ssl_cert_key must be specified", "ssl_cert: no such file at /no/a"])
        #expect(faults("ssl_cert = /no/a", "proxy_listen = 127.0.0.1:1") == [])
    }

    @Test(arguments: [
        ("trusted_ips = 1.1.1.1,,10.0.0.0/33", 2), ("trusted_ips = ::1, fe80::/10, unix:", 0),
        ("dns_resolver = 8.8.8.8:53, [::1]:53, ::1", 0), ("dns_resolver = 1.2.3.4.5, localhost", 2),
        ("headers = Via, x-kong-upstream-status", 0), ("headers = x", 1), ("ssl_cipher_suite = Modern", 1),
        ("origins = http://a:80=http://b", 0), ("origins = http://a=http://b", 1),
        ("origins = http://a:80=http://b:bad", 1), ("origins = http://a:80=http://b:1,http://a:80=http://c:1", 1),
        ("dns_hostsfile = /etc", 1), ("error_default_type = text/xml", 1),
    ])
    func `a value is valid or told to be at fault`(line: String, count: Int) {
        #expect(faults(line).count == count)
    }

    @Test func `a data centre is only asked for with Cassandra`() {
        #expect(faults("cassandra_lb_policy = DCAwareRoundRobin") == [])
        #expect(faults("database = cassandra", "cassandra_lb_policy = DCAwareRoundRobin").count == 1)
        #expect(
            faults("database = cassandra", "cassandra_contact_points = bad host")
                == ["bad cassandra contact point 'bad host': invalid hostname: bad host"])
    }

    @Test func `off as the first plugin or header loads none`() throws {
        #expect(try load("plugins = off, key-auth").plugins == [])
        #expect(try load("plugins = bundled, my-own").plugins == Settings.bundledPlugins.union(["my-own"]))
        #expect(try load("headers = off").enabledHeaders == [])
        #expect(try load("headers = server_tokens").enabledHeaders == ["server_tokens", "Via", "Server"])
    }

    @Test func `directives for nginx are kept`() throws {
        let settings = try load("nginx_proxy_keepalive_timeout = 10", environment: ["KONG_NGINX_HTTP_A_B": "c"])
        #expect(settings.directive("keepalive_timeout", in: .proxy) == "10")
        #expect(settings.directive("a_b", in: .http) == "c")
    }

    @Test func `sizes are in bytes`() {
        #expect(
            ["8k", "2M", "1g", "5", "x", "", "k"].map(Settings.bytes) == [8192, 2 << 20, 1 << 30, 5, nil, nil, nil])
    }
}
