// Whom ldap-auth asks a server about, what it makes of the answer, and what it remembers.

import PluginKit
import Plugins
import Schema
import Testing
import Wire

@Suite struct LDAPAuthTests {
    private static let config: JSONObject = [
        "ldap_host": "ldap.test", "ldap_port": 389, "base_dn": "ou=people,dc=test", "attribute": "uid",
    ]
    private static let invalid = #"{"message":"Invalid authentication credentials"}"#

    private let scene = Scene()
    private let directory = FakeDirectory()
    private let outbound = RecordingOutbound()

    private func make(_ more: JSONObject = [:]) -> LDAPAuth {
        var config = Self.config
        for (name, value) in more { config[name] = value }
        return scene.make(LDAPAuth.self, config)
    }

    private func header(_ credentials: String, _ scheme: String = "ldap") -> String {
        "\(scheme) \(String(decoding: Base64.encode(credentials.bytes), as: UTF8.self))"
    }

    /// A request with these headers, and how it goes on.
    private final class Request {
        let exchange: Exchange
        private let driver = ResumedDriver()
        private var first = Verdict.suspend

        init(_ plugin: LDAPAuth, _ exchange: Exchange, at time: Int64) {
            self.exchange = exchange
            exchange.driver = driver
            exchange.nowMilliseconds = time
            first = plugin.access(exchange)
        }

        var verdict: Verdict { driver.verdict ?? first }

        var isWaiting: Bool {
            if case .suspend = verdict { true } else { false }
        }
    }

    private func send(_ plugin: LDAPAuth, _ headers: String..., at time: Int64 = 0) -> Request {
        let x = scene.request((["GET / HTTP/1.1"] + headers).joined(separator: "\n"))
        x.outbound = outbound
        x.ldap = directory
        return Request(plugin, x, at: time)
    }

    private func sendAuthorized(_ plugin: LDAPAuth, _ credentials: String = "a:p", at time: Int64 = 0) -> Request {
        send(plugin, "Authorization: \(header(credentials))", at: time)
    }

    // MARK: - Asking

    @Test func `the server is asked about the name below the base`() throws {
        let plugin = make(["start_tls": true, "verify_ldap_host": true, "timeout": 500, "keepalive": 700])
        let request = sendAuthorized(plugin, "einstein:e=mc2")
        let bind = try #require(directory.binds.first)
        #expect(request.isWaiting)
        #expect(bind.name == "uid=einstein,ou=people,dc=test")
        #expect(bind.password == "e=mc2")
        #expect(bind.server.peer == OutboundPeer(host: "ldap.test", port: 389))
        #expect(bind.server.startsTLS && bind.server.verifiesCertificate)
        #expect(bind.server.timeoutMilliseconds == 500 && bind.server.keepAliveMilliseconds == 700)
    }

    @Test(arguments: [
        ("a,ou=other", #"uid=a\,ou\=other,ou=people,dc=test"#), (#"a\,b"#, #"uid=a\\\,b,ou=people,dc=test"#),
        ("#a+b;<c>\"", ##"uid=\#a\+b\;\<c\>\",ou=people,dc=test"##), (" a b ", #"uid=\ a b\ ,ou=people,dc=test"#),
        ("a\0", #"uid=a\00,ou=people,dc=test"#), ("a#é", "uid=a#é,ou=people,dc=test"),
    ]) func `a name can't add parts to the name that is asked about`(_ name: String, _ expected: String) {
        _ = sendAuthorized(make(), "\(name):p")
        #expect(directory.binds.first?.name == expected)
    }

    @Test func `the name goes up to the last colon`() {
        _ = sendAuthorized(make(), "a:b:c")
        #expect(directory.binds.first?.name == "uid=a:b,ou=people,dc=test")
        #expect(directory.binds.first?.password == "c")
        _ = sendAuthorized(make(), "a:b:")
        #expect(directory.binds.last?.name == "uid=a,ou=people,dc=test")
        #expect(directory.binds.last?.password == "b:")
    }

    @Test(arguments: ["a:", ":p", ":", "a", ""]) func `nobody is asked about half a credential`(_ credentials: String) {
        // A bind without a password succeeds for every name (RFC 4513, section 5.1.2).
        let request = sendAuthorized(make(), credentials)
        #expect(request.verdict.response?.status == 401)
        #expect(request.verdict.response?.text == Self.invalid)
        #expect(directory.binds.isEmpty)
    }

    @Test(arguments: ["ldap", "ldap ***", "xldap YTpw", "ldapYTpw", "Basic YTpw", ""])
    func `a header of another kind is no credential`(_ value: String) {
        let request = send(make(), "Authorization: \(value)")
        #expect(request.verdict.response?.text == Self.invalid)
        #expect(request.verdict.response?.values(.wwwAuthenticate) == [])
        #expect(directory.binds.isEmpty)
    }

    @Test func `the scheme is configured, and its case does not count`() {
        let plugin = make(["header_type": "Basic"])
        _ = send(plugin, "Authorization:   bAsIc   YTpw")
        #expect(directory.binds.count == 1)
        #expect(send(plugin).verdict.response?.values(.wwwAuthenticate) == [#"Basic realm="kong""#])
    }

    @Test func `a request without credentials is told the scheme`() {
        let request = send(make())
        #expect(request.verdict.response?.status == 401)
        #expect(request.verdict.response?.text == #"{"message":"Unauthorized"}"#)
        #expect(request.verdict.response?.values(.wwwAuthenticate) == [#"LDAP realm="kong""#])
    }

    @Test func `Proxy-Authorization comes first, and either of the two may be right`() {
        let request = send(
            make(), "Authorization: \(header("a:right"))", "Proxy-Authorization: \(header("a:wrong"))")
        #expect(directory.binds.map(\.password) == ["wrong"])
        directory.binds[0].answer(49)
        #expect(request.isWaiting)
        #expect(directory.binds.map(\.password) == ["wrong", "right"])
        directory.binds[1].answer(0)
        #expect(request.verdict.isNext)
    }

    // MARK: - The verdict

    @Test func `the upstream is told the username and nothing of consumers`() {
        let x = send(
            make(), "Authorization: \(header("alice:p"))", "X-Consumer-ID: 1", "X-Anonymous-Consumer: true",
            "X-Credential-Username: eve")
        directory.binds[0].answer(0)
        #expect(x.verdict.isNext)
        #expect(x.exchange.upstreamHeader("X-Credential-Username") == "alice")
        #expect(x.exchange.upstreamHeader("X-Consumer-ID") == nil)
        #expect(x.exchange.upstreamHeader("X-Anonymous-Consumer") == nil)
        #expect(x.exchange.upstreamHeader("Authorization") != nil)
        #expect(x.exchange.consumer == nil)
        #expect(x.exchange.credential != nil)
    }

    @Test func `the credential can be hidden`() {
        let request = sendAuthorized(make(["hide_credentials": true]))
        directory.binds[0].answer(0)
        #expect(request.exchange.upstreamHeader("Authorization") == nil)
    }

    @Test(arguments: [Int32(49), 32, 34, 8, 13]) func `a refused bind is a wrong credential`(_ code: Int32) {
        let request = sendAuthorized(make())
        directory.binds[0].answer(code)
        #expect(request.verdict.response?.status == 401)
        #expect(request.verdict.response?.text == Self.invalid)
        #expect(outbound.errors.isEmpty == [49, 32, 34].contains(code))
    }

    @Test func `trouble of the server is no verdict and is not remembered`() {
        let plugin = make(["anonymous": .string(Scene.anonymousID)])
        for code in [Int32(51), 52] {
            let request = sendAuthorized(plugin)
            directory.binds.last?.answer(code)
            #expect(request.verdict.response?.status == 500)
        }
        let request = sendAuthorized(plugin)
        directory.binds.last?.done(.failure(.unreachable("connection refused")))
        #expect(request.verdict.response?.status == 500)
        #expect(outbound.errors.last == "[ldap-auth] failed to ask ldap.test:389: connection refused")
        #expect(directory.binds.count == 3)
    }

    @Test func `wrong credentials may pass as the anonymous consumer`() {
        let plugin = make(["anonymous": .string(Scene.anonymousID)])
        let request = sendAuthorized(plugin)
        directory.binds[0].answer(49)
        #expect(request.verdict.isNext)
        #expect(request.exchange.upstreamHeader("X-Consumer-Username") == "anon")
        #expect(request.exchange.upstreamHeader("X-Anonymous-Consumer") == "true")
        #expect(send(plugin).verdict.isNext)
    }

    @Test func `with an anonymous consumer an earlier plugin's verdict is enough`() {
        let x = scene.request("GET / HTTP/1.1")
        x.identify(nil, CredentialInfo(id: [1], consumerID: [], username: nil, row: [:]))
        #expect(Request(make(["anonymous": .string(Scene.anonymousID)]), x, at: 0).verdict.isNext)
    }

    // MARK: - Remembering

    @Test func `a verdict holds for its time, right or wrong`() {
        let plugin = make(["cache_ttl": 2])
        _ = sendAuthorized(plugin, "a:right")
        directory.binds[0].answer(0)
        _ = sendAuthorized(plugin, "a:wrong")
        directory.binds[1].answer(49)
        #expect(sendAuthorized(plugin, "a:right", at: 1999).verdict.isNext)
        #expect(sendAuthorized(plugin, "a:wrong", at: 1999).verdict.response?.status == 401)
        #expect(directory.binds.count == 2)
        #expect(sendAuthorized(plugin, "a:right", at: 2000).isWaiting)
        #expect(directory.binds.count == 3)
    }

    @Test func `another configuration asks for itself`() {
        _ = sendAuthorized(make())
        directory.binds[0].answer(0)
        #expect(sendAuthorized(make()).verdict.isNext)
        for other in [
            ["ldap_host": "b.test"] as JSONObject, ["ldap_port": 390], ["start_tls": true], ["verify_ldap_host": true],
            ["base_dn": "dc=b"], ["attribute": "cn"], ["cache_ttl": 61],
        ] { #expect(sendAuthorized(make(other)).isWaiting) }
        #expect(sendAuthorized(make(), "a:pp").isWaiting)
    }

    @Test func `a time of 0 remembers nothing`() {
        let plugin = make(["cache_ttl": 0])
        _ = sendAuthorized(plugin)
        directory.binds[0].answer(0)
        #expect(sendAuthorized(plugin).isWaiting)
    }

    @Test func `requests with the same credential wait for one bind`() {
        let plugin = make()
        let requests = (0..<3).map { _ in sendAuthorized(plugin) }
        #expect(directory.binds.count == 1)
        // The one that asked is gone.
        requests[0].exchange.requestNumber += 1
        directory.binds[0].answer(0)
        #expect(requests[0].isWaiting)
        #expect(requests[1].verdict.isNext && requests[2].verdict.isNext)
    }

    @Test func `the oldest verdicts make room`() {
        let plugin = make()
        for number in 0...10_000 {
            _ = sendAuthorized(plugin, "a:\(number)")
            directory.binds[number].answer(49)
        }
        #expect(sendAuthorized(plugin, "a:1").verdict.response?.status == 401)
        #expect(sendAuthorized(plugin, "a:0").isWaiting)
    }
}
