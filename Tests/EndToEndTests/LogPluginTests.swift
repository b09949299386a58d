// The plugins that log each request, with real receivers.

import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite("Logging plugins")
    struct LogPlugins {
        private static let answer = Origin.ok("hello", "Content-Type: text/plain\r\nX-By: me\r\nX-By: you\r\n")

        private static func with(_ plugin: String, _ config: [String: Any], _ body: (Node) throws -> Void) throws {
            try Node.with(origin: Origin(answering: { _ in answer })) { node throws in
                let made = try node.admin("POST", "/plugins", ["name": plugin, "config": config])
                #expect(made.status == 201, "\(made.json)")
                try body(node)
            }
        }

        private static func ask(_ node: Node, times: Int) throws {
            let socket = try node.connect()
            defer { socket.close() }
            for number in 0..<times { #expect(try socket.get("/\(number)").status == 200) }
        }

        private static func part(_ entry: [String: Any], _ name: String) -> [String: Any] {
            entry[name] as? [String: Any] ?? [:]
        }

        private static func uris(_ entries: [[String: Any]]) -> [String] {
            entries.map { part($0, "request")["uri"] as? String ?? "?" }
        }

        @Test func `an entry tells of request, answer, attempt, route, service and consumer`() throws {
            try LogReceiver.with("udp") { receiver throws in
                try Self.with("udp-log", ["host": "127.0.0.1", "port": receiver.port]) { node throws in
                    try node.admin("POST", "/plugins", ["name": "key-auth"])
                    let consumer = try node.admin("POST", "/consumers", ["username": "alice"])
                    let key = try node.admin("POST", "/consumers/alice/key-auth", ["key": "k1"])
                    let request = "GET /a?q=1&q=2 HTTP/1.1\r\nHost: T.test\r\napikey: k1\r\nConnection: close\r\n\r\n"
                    let answer = try node.exchange(request)
                    let entry = try #require(receiver.entries(1).first)
                    let told = Self.part(entry, "request")
                    #expect(told["method"] as? String == "GET")
                    #expect(told["uri"] as? String == "/a?q=1&q=2")
                    #expect(told["url"] as? String == "http://t.test:\(node.proxyPort)/a?q=1&q=2")
                    #expect(told["size"] as? String == "\(request.utf8.count)")
                    #expect(told["querystring"] as? [String: [String]] == ["q": ["1", "2"]])
                    let headers = Self.part(told, "headers")
                    #expect(headers["host"] as? String == "T.test")
                    #expect(headers["x-consumer-id"] as? String == consumer.id)
                    try Self.checkAnswer(Self.part(entry, "response"), answer)
                    let tries = entry["tries"] as? [[String: Any]]
                    #expect(tries?.count == 1)
                    #expect(tries?.first?["ip"] as? String == "127.0.0.1")
                    #expect(entry["upstream_uri"] as? String == "/a?q=1&q=2")
                    #expect(Self.part(entry, "consumer")["username"] as? String == "alice")
                    #expect(Self.part(entry, "authenticated_entity") as? [String: String] == ["id": key.id])
                    #expect(Self.part(entry, "route")["paths"] as? [String] == ["/"])
                    #expect(Self.part(entry, "service")["port"] as? Int == tries?.first?["port"] as? Int)
                }
            }
        }

        private static func checkAnswer(_ told: [String: Any], _ answer: Message) throws {
            #expect(told["status"] as? Int == 200)
            let headers = part(told, "headers")
            #expect(headers["x-by"] as? [String] == ["me", "you"])
            #expect(headers["content-type"] as? String == answer.fields["content-type"])
            #expect(headers["x-kong-proxy-latency"] as? String == answer.fields["x-kong-proxy-latency"])
            #expect(headers["connection"] as? String == "close")
            #expect(headers["date"] == nil)
            let size = try #require(Int(told["size"] as? String ?? ""))
            #expect(size > answer.body.count + 100)
        }

        @Test func `what comes to nothing is logged as well`() throws {
            try LogReceiver.with("udp") { receiver throws in
                try Self.with("udp-log", ["host": "127.0.0.1", "port": receiver.port]) { node throws in
                    let dead = try LocalAddress.freePorts(1)[0]
                    try node.route("/dead", to: dead, ["retries": 1])
                    try node.route("/tls", to: dead, [:], ["protocols": ["https"]])
                    let silent = try Origin { socket, _ in _ = try socket.rest() }
                    defer { silent.stop() }
                    try node.route("/silent", to: silent.port)

                    let told = try node.connect()
                    defer { told.close() }
                    try told.send("GET /dead?a=1 HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
                    let page = try told.rest()
                    #expect(page.starts(with: Array("HTTP/1.1 502 ".utf8)))
                    let failed = try #require(receiver.entries(1).last)
                    #expect(Self.part(failed, "response")["size"] as? String == "\(page.count)")
                    let tries = try #require(failed["tries"] as? [[String: Any]])
                    #expect(tries.map { $0["code"] as? Int } == [502, nil])
                    #expect(tries.map { $0["state"] as? String } == ["failed", nil])
                    #expect(failed["upstream_uri"] as? String == "/dead?a=1")
                    #expect(Self.part(Self.part(failed, "request"), "querystring").isEmpty)

                    #expect(try node.get("/tls").status == 426)
                    let plain = try #require(receiver.entries(2).last)
                    #expect(plain["route"] == nil)
                    #expect(plain["tries"] == nil)
                    #expect(plain["upstream_uri"] as? String == "")

                    let left = try node.connect()
                    try left.send("GET /silent?a=1 HTTP/1.1\r\nHost: t\r\n\r\n")
                    #expect(eventually { silent.open == 1 })
                    left.close()
                    let aborted = try #require(receiver.entries(3).last)
                    #expect(Self.part(aborted, "response")["status"] as? Int == 499)
                    #expect(Self.part(aborted, "latencies")["proxy"] as? Int == -1)
                    #expect(Self.part(Self.part(aborted, "request"), "querystring") as? [String: String] == ["a": "1"])

                    #expect(try node.exchange("NONSENSE\r\n\r\n").status == 400)
                    let malformed = try #require(receiver.entries(4).last)
                    #expect(Self.part(malformed, "response")["status"] as? Int == 400)
                    #expect(Self.part(malformed, "request")["uri"] as? String == "")
                }
            }
        }

        @Test func `tcp-log sends lines over a kept connection`() throws {
            try LogReceiver.with("tcp") { receiver throws in
                try Self.with("tcp-log", ["host": "127.0.0.1", "port": receiver.port]) { node throws in
                    try Self.ask(node, times: 50)
                    let messages = receiver.messages(50)
                    #expect(Self.uris(messages.map(LogReceiver.entry)) == (0..<50).map { "/\($0)" })
                    #expect(Set(messages.map { $0.prefix { $0 != " " } }) == ["1"])
                }
            }
        }

        @Test func `tcp-log speaks TLS, tells the server name and asks for no certificate that it knows`() throws {
            let pair = try KeyPair(name: "elsewhere.test")
            let folder = NSTemporaryDirectory() + "/e2e-log-tls-\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try Data(pair.certificate.utf8).write(to: URL(fileURLWithPath: folder + "/crt"))
            try Data(pair.key.utf8).write(to: URL(fileURLWithPath: folder + "/key"))
            try LogReceiver.with("tls", [folder + "/crt", folder + "/key"]) { receiver throws in
                let config: [String: Any] = [
                    "host": "127.0.0.1", "port": receiver.port, "tls": true, "tls_sni": "logs.test",
                ]
                try Self.with("tcp-log", config) { node throws in
                    try Self.ask(node, times: 3)
                    let messages = receiver.messages(3)
                    #expect(Self.uris(messages.map(LogReceiver.entry)) == ["/0", "/1", "/2"])
                    #expect(Set(messages.map { $0.prefix { $0 != " " } }) == ["1logs.test"])
                }
            }
        }

        @Test func `a receiver that is not there costs entries and no request`() throws {
            let dead = try LocalAddress.freePorts(1)[0]
            try Self.with("tcp-log", ["host": "127.0.0.1", "port": dead, "timeout": 500]) { node throws in
                let udp: [String: Any] = ["host": "no.such.name.invalid", "port": 9]
                try node.admin("POST", "/plugins", ["name": "udp-log", "config": udp])
                try Self.ask(node, times: 100)
                #expect(eventually(within: 10) { node.log("error.log").contains("[tcp-log] ") })
                #expect(eventually(within: 20) { node.log("error.log").contains("[udp-log] ") })
                try Self.ask(node, times: 10)
            }
        }

        @Test func `loggly sends a syslog message for what is severe enough`() throws {
            try LogReceiver.with("udp") { receiver throws in
                let config: [String: Any] = [
                    "host": "127.0.0.1", "port": receiver.port, "key": "token", "tags": ["a", "b"],
                    "log_level": "warning", "client_errors_severity": "err",
                ]
                try Self.with("loggly", config) { node throws in
                    #expect(try node.get("/").status == 200)
                    #expect(try node.exchange("NONSENSE\r\n\r\n").status == 400)
                    let message = try #require(receiver.messages(1).first)
                    #expect(message.hasPrefix("0 <11>1 20"))
                    #expect(message.contains(" kong - - [token@41058 tag=\"a\" tag=\"b\"] {\""))
                    #expect(receiver.messages.count == 1)
                }
            }
        }
    }
}
