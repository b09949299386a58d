// Services: defaults, the url shorthand and the checks of their fields.

import Entities
import Schema
import Testing

struct ServiceTests {
    private let services = EntityChecker(Service.self)

    @Test func `a service is completed`() throws {
        #expect(
            try services.insert(["host": "a.test"]) == [
                "id": .string(EntityChecker.id), "created_at": 1500, "updated_at": 1500, "name": .null, "retries": 5,
                "protocol": "http", "host": "a.test", "port": 80, "path": .null, "connect_timeout": 60000,
                "write_timeout": 60000, "read_timeout": 60000, "tags": .null,
            ])
    }

    private static let urls: [(String, JSON)] = [
        ("http://u.test", ["protocol": "http", "host": "u.test", "port": 80, "path": .null]),
        ("https://u.test/p", ["protocol": "https", "host": "u.test", "port": 443, "path": "/p"]),
        ("http://u.test:8080/p/q", ["protocol": "http", "host": "u.test", "port": 8080, "path": "/p/q"]),
        ("http://q.test/p?x=1", ["protocol": "http", "host": "q.test", "port": 80, "path": "/p"]),
        ("tcp://t.test", ["protocol": "tcp", "host": "t.test", "port": 80, "path": .null]),
    ]

    @Test(arguments: urls)
    func `a url sets protocol, host, port and path`(url: String, parts: JSON) throws {
        let row = try services.insert(["url": .string(url)])
        for (name, value) in parts.object ?? [:] { #expect(row[name] == value) }
        #expect(row["url"] == nil)
    }

    @Test func `a url wins over members beside it`() throws {
        let row = try services.insert([
            "url": "https://u.test:444/new", "host": "old.test", "port": 81, "path": "/old",
        ])
        #expect(row["host"] == "u.test")
        #expect(row["port"] == 444)
        #expect(row["path"] == "/new")
    }

    @Test func `a url without a path keeps the stored one`() throws {
        let stored = try services.insert(["url": "http://a.test/a"])
        let row = try services.schema.validateUpdate(stored, with: ["url": "https://b.test"], in: services.context)
        #expect(row["path"] == "/a")
        #expect(row["port"] == 443)
    }

    @Test func `a url that is none leaves its text as a path`() {
        #expect(
            services.violations(["url": "invalid url"]).message
                == "2 schema violations (host: required field missing; path: should start with: /)")
        #expect(services.fields(["url": ""]) == ["host": "required field missing"])
    }

    private static let wrongFields: [(String, JSON, String)] = [
        ("port", .null, "required field missing"),
        ("port", -1, "value should be between 0 and 65535"),
        ("retries", 32768, "value should be between 0 and 32767"),
        ("read_timeout", 0, "value should be between 1 and 2147483646"),
        ("protocol", "ftp", "expected one of: http, https, tcp, tls"),
        ("path", "/a//b", "must not have empty segments"),
        ("path", "", "length must be at least 1"),
        ("path", [:], "expected a string"),
        ("host", "a.test:80", "must not have a port"),
        ("plugins", [], "unknown field"),
    ]

    @Test(arguments: wrongFields)
    func `a wrong field is refused`(field: String, value: JSON, text: String) {
        var input: JSONObject = ["host": "a.test"]
        input[field] = value
        #expect(services.fields(input) == JSONObject([(field, .string(text))]))
    }

    @Test func `a stream service has no path`() {
        #expect(
            services.fields(["host": "a.test", "protocol": "tcp", "path": "/x"]) == [
                "@entity": ["failed conditional validation given value of field 'protocol'"],
                "path": "value must be null",
            ])
    }

    @Test func `what a stream service must not have is refused for that and not for its type`() {
        #expect(services.fields(["host": "a.test", "protocol": "tcp", "path": 1])["path"] == "value must be null")
    }

    @Test(arguments: [JSON.null, [], ["a"], [:]])
    func `a url that is no text is refused for the parts it has as one`(url: JSON) {
        #expect(
            services.fields(["host": "a.test", "url": url]) == [
                "path": "should start with: /", "protocol": "expected one of: http, https, tcp, tls",
            ])
    }

    @Test(arguments: [JSON.bool(true), 1, 1.5, "x"])
    func `a url that is a word or a number is a path`(url: JSON) {
        #expect(services.fields(["host": "a.test", "url": url]) == ["path": "should start with: /"])
    }
}
