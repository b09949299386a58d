// What the plugins that log each request on its own send, and where.

import PluginKit
import Plugins
import Schema
import Testing

@Suite struct LogPluginsTests {
    private let scene = Scene()
    private let outbound = RecordingOutbound()

    private func finished(status: Int = 200, at milliseconds: Int64 = 1_795_898_406_653) -> Exchange {
        let x = scene.request("GET /a HTTP/1.1")
        x.outbound = outbound
        x.response.status = status
        x.startedAtMilliseconds = milliseconds
        x.nowMilliseconds = milliseconds
        return x
    }

    private func entry(of x: Exchange) -> String {
        String(decoding: LogEntry.json(of: x), as: UTF8.self)
    }

    @Test func `file-log appends a line to its file`() {
        let x = finished()
        scene.make(FileLog.self, ["path": "/tmp/a.log"]).log(x)
        scene.make(FileLog.self, ["path": "/tmp/b.log", "reopen": true]).log(x)
        #expect(outbound.appended.map(\.text) == [entry(of: x) + "\n", entry(of: x) + "\n"])
        #expect(outbound.appended.map(\.path) == ["/tmp/a.log", "/tmp/b.log"])
        #expect(outbound.appended.map(\.reopens) == [false, true])
        #expect(outbound.appended.map(\.sender) == ["file-log", "file-log"])
    }

    @Test func `udp-log sends the entry and nothing else`() {
        let x = finished()
        scene.make(UDPLog.self, ["host": "logs.test", "port": 9000]).log(x)
        #expect(outbound.datagrams.map(\.text) == [entry(of: x)])
        #expect(outbound.datagrams.first?.peer == OutboundPeer(host: "logs.test", port: 9000))
        #expect(outbound.datagrams.first?.sender == "udp-log")
    }

    @Test func `tcp-log sends lines over a stream that is kept`() throws {
        let x = finished()
        scene.make(TCPLog.self, ["host": "logs.test", "port": 9000]).log(x)
        let config: JSONObject = [
            "host": "logs.test", "port": 9001, "tls": true, "tls_sni": "a.test", "timeout": 250, "keepalive": 1500.5,
        ]
        scene.make(TCPLog.self, config).log(x)
        try #require(outbound.streamed.count == 2)
        let (plain, secure) = (outbound.streamed[0], outbound.streamed[1])
        #expect(plain.text == entry(of: x) + "\n")
        #expect(plain.peer == OutboundPeer(host: "logs.test", port: 9000))
        #expect(plain.stream == OutboundStream())
        #expect(secure.stream.usesTLS)
        #expect(secure.stream.serverName == "a.test")
        #expect(secure.stream.timeoutMilliseconds == 250)
        #expect(secure.stream.keepAliveMilliseconds == 1500)
    }

    @Test func `syslog's severity follows the status`() {
        let plugin = scene.make(
            Syslog.self,
            [
                "successful_severity": "debug", "client_errors_severity": "warning",
                "server_errors_severity": "emerg", "log_level": "debug",
            ])
        for status in [200, 302, 399, 400, 499, 500, 599] { plugin.log(finished(status: status)) }
        #expect(outbound.messages.map(\.severity) == [7, 7, 7, 4, 4, 0, 0])
        #expect(outbound.messages.first?.text == entry(of: finished()))
    }

    @Test func `severities below the level are left out`() {
        let config: JSONObject = ["log_level": "err", "server_errors_severity": "alert"]
        let plugin = scene.make(Syslog.self, config)
        for status in [200, 404, 500] { plugin.log(finished(status: status)) }
        #expect(outbound.messages.map(\.severity) == [1])
        scene.make(Syslog.self, ["log_level": "info"]).log(finished())
        #expect(outbound.messages.map(\.severity) == [1, 6])
    }

    @Test func `loggly sends a message of RFC 5424 with key and tags`() throws {
        let x = finished(status: 404)
        let config: JSONObject = [
            "host": "l.test", "port": 514, "key": "token", "tags": ["b", "a"], "client_errors_severity": "notice",
        ]
        scene.make(Loggly.self, config).log(x)
        let sent = try #require(outbound.datagrams.first)
        let head = "<13>1 2026-11-28T20:40:06Z "
        #expect(sent.text.hasPrefix(head))
        #expect(sent.text.hasSuffix(" kong - - [token@41058 tag=\"b\" tag=\"a\"] " + entry(of: x)))
        let hostname = sent.text.dropFirst(head.count).prefix { $0 != " " }
        #expect(!hostname.isEmpty)
        #expect(sent.peer == OutboundPeer(host: "l.test", port: 514))
    }

    @Test func `loggly leaves out what is below its level`() {
        let plugin = scene.make(Loggly.self, ["key": "k", "log_level": "warning"])
        plugin.log(finished())
        #expect(outbound.datagrams.isEmpty)
    }
}
