// The list of the plugins that come with the gateway.

import Plugins
import Schema
import Testing

@Suite struct BuiltinsTests {
    /// Kong 1.1.2's execution order.
    private static let order = [
        "pre-function", "zipkin", "bot-detection", "cors", "kubernetes-sidecar-injector", "jwt", "oauth2", "key-auth",
        "ldap-auth", "basic-auth", "hmac-auth", "ip-restriction", "request-size-limiting", "acl", "rate-limiting",
        "response-ratelimiting", "request-transformer", "response-transformer", "aws-lambda", "azure-functions",
        "prometheus", "http-log", "statsd", "datadog", "file-log", "udp-log", "tcp-log", "loggly", "syslog",
        "request-termination", "correlation-id", "post-function",
    ]

    @Test func `the bundled plugins run in Kong's order`() {
        let sorted = Builtins.declarations.sorted { $0.priority > $1.priority }
        #expect(sorted.map(\.name) == Self.order)
    }

    @Test func `authentication plugins are not for single consumers`() {
        for name in ["key-auth", "basic-auth", "hmac-auth", "oauth2", "ldap-auth", "acl"] {
            let declaration = Builtins.declarations.first { $0.name == name }
            #expect(declaration?.scopes == [.route, .service])
        }
    }
}

@Suite struct SettingsTests {
    /// The part of a plugin's row that matters here.
    private struct PluginRow: Entity {
        static let name = "plugins"
        var name = ""
        var config = VariantRecord()

        static let fields: [Field<Self>] = [
            Field("name", \.name, .required), Field("config", \.config),
        ]
    }

    private let context = ValidationContext(
        catalog: Catalog(core: [PluginRow.entitySchema], plugins: Builtins.declarations))

    /// What is wrong with a configuration, as `fields` of Kong's error object.
    private func violations(_ plugin: String, _ config: JSONObject) -> JSONObject {
        do {
            _ = try PluginRow.entitySchema.validateInsert(
                ["name": .string(plugin), "config": .object(config)], in: context)
            return [:]
        } catch {
            return error.fieldsJSON
        }
    }

    private func configViolations(_ plugin: String, _ config: JSONObject) -> JSON? {
        violations(plugin, config)["config"]
    }

    @Test func `longer periods need limits at least as high`() {
        typealias Config = RateLimiting.Config
        let text = "The limit for hour(10.0) cannot be lower than the limit for minute(20.5)"
        #expect(Config.verify(["minute": 20.5, "hour": 10], in: context) == text)
        #expect(Config.verify(["second": 10, "minute": 10, "hour": .null, "year": 11], in: context) == nil)
        let first = "The limit for minute(10.0) cannot be lower than the limit for second(20.0)"
        #expect(Config.verify(["second": 20, "minute": 10, "hour": 5], in: context) == first)
    }

    @Test func `a message excludes a body and a type needs one`() {
        typealias Config = RequestTermination.Config
        let conflict = "message cannot be used with content_type or body"
        #expect(Config.verify(["message": "m", "body": "b"], in: context) == conflict)
        #expect(Config.verify(["message": "m", "content_type": "t"], in: context) == conflict)
        #expect(Config.verify(["content_type": "t"], in: context) == "content_type requires a body")
        #expect(Config.verify(["content_type": "t", "body": "b"], in: context) == nil)
    }

    @Test func `key names are header names`() {
        let text = "bad header name 'a b', allowed characters are A-Z, a-z, 0-9, '_', and '-'"
        #expect(configViolations("key-auth", ["key_names": ["ok", "a b"]]) == ["key_names": [.null, .string(text)]])
        #expect(configViolations("key-auth", ["key_names": .null]) == ["key_names": "required field missing"])
        #expect(configViolations("key-auth", ["key_names": []]) == nil)
    }

    @Test func `a limit is needed, and a host for Redis`() {
        let text: JSON = """
            at least one of these fields must be non-empty: 'config.second', 'config.minute', 'config.hour', \
            'config.day', 'config.month', 'config.year'
            """
        #expect(violations("rate-limiting", [:]) == ["@entity": [text]])
        let redis = violations("rate-limiting", ["hour": 1, "policy": "redis"])
        #expect(redis["@entity"] == ["failed conditional validation given value of field 'config.policy'"])
        #expect(redis["config"] == ["redis_host": "required field missing"])
    }

    @Test func `rules of transformers are pairs whose names are header names`() {
        func headers(_ operation: String, _ rule: String) -> JSON? {
            let config: JSONObject = [operation: ["headers": [.string(rule)]]]
            return configViolations("request-transformer", config)?[operation]?["headers"]?.array?.first
        }
        #expect(headers("add", "X-A:1:2") == nil)
        #expect(headers("add", "novalue") == "invalid value: novalue")
        #expect(headers("add", ":1") == "invalid value: :1")
        #expect(headers("add", "bad name:1") == "'bad name' is not a valid header")
        #expect(headers("rename", "a:b c") == "'b c' is not a valid header")
        #expect(headers("remove", "b c") == "'b c' is not a valid header")
    }

    @Test func `a figure by consumer needs to know what stands for the consumer`() {
        let expected: JSON = [
            [
                "@entity": ["failed conditional validation given value of field 'name'"],
                "consumer_identifier": "required field missing",
            ]
        ]
        let config: JSONObject = ["metrics": [["name": "unique_users", "stat_type": "set"]]]
        #expect(configViolations("statsd", config) == ["metrics": expected])
    }

    @Test func `default figures are shown without what is not set`() {
        let field = StatsD.declaration.config.field("metrics")
        #expect(field?.defaultValue?.array?[1] == ["name": "latency", "stat_type": "timer"])
    }

    @Test func `a log file that can't be made is refused`() {
        let text = "Cannot create file: /nowhere/x.log: No such file or directory"
        #expect(configViolations("file-log", ["path": "/nowhere/x.log"]) == ["path": .string(text)])
    }
}
