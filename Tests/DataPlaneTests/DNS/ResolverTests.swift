// The resolver against a real name server.

import DataPlane
import Glibc
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// A clock that tests move by hand.
private final class Clock: Sendable {
    private let now = Atomic<Int64>(0)

    func read() -> Int64 { now.load(ordering: .relaxed) }

    func advance(milliseconds: Int64) { now.add(milliseconds, ordering: .relaxed) }
}

@Suite(.enabled(if: NameServer.isInstalled, "needs Debian's dnsmasq-base"))
struct ResolverTests {
    private static let records = [
        "--address=/one.test/10.0.0.1", "--host-record=six.test,fd00::1",
        "--host-record=two.test,10.0.0.1", "--host-record=two.test,10.0.0.2",
        "--host-record=short.search.test,10.0.0.9",
        "--cname=alias.test,two.test",
        "--srv-host=srv.test,two.test,8080,1,3", "--srv-host=srv.test,literal.test,8081,1,1",
        "--srv-host=srv.test,one.test,9999,2,1", "--address=/literal.test/10.0.0.7",
        "--srv-host=gone.test,missing.test,8080,1,1",
        "--srv-host=self.test,self.test,8080,1,1",
        "--local-ttl=10",
    ]

    /// Runs the body with a server, a resolver and the loop resolver of one loop.
    private func withResolver(
        _ records: [String] = records, clock: Clock = Clock(),
        _ adjust: (inout DNSConfiguration) -> Void = { _ in },
        _ body: (NameServer, LoopFixture) throws -> Void
    ) throws {
        let server = try #require(NameServer.start(records))
        defer { server.stop() }
        var configuration = DNSConfiguration()
        configuration.resolvers = [try #require(DNSServer("127.0.0.1:\(server.port)"))]
        configuration.hostsFile = "/nonexistent"
        configuration.resolvConfFile = "/nonexistent"
        configuration.attemptTimeout = .milliseconds(200)
        configuration.attempts = 2
        adjust(&configuration)
        let resolver = try DataPlane.Resolver(configuration)
        defer { resolver.shutdown() }
        try body(server, LoopFixture(resolver, clock.read))
    }

    @Test func `an A record is found, and then known at once`() throws {
        try withResolver { _, loop in
            #expect(loop.cached("one.test") == nil)
            #expect(loop.resolve("one.test") == "10.0.0.1:80")
            #expect(loop.cached("one.test") == "10.0.0.1:80")
            #expect(loop.cached("ONE.test") == "10.0.0.1:80")
        }
    }

    @Test func `addresses are used in turn, also behind an alias`() throws {
        try withResolver { _, loop in
            let first = loop.resolve("two.test")
            let second = loop.resolve("two.test")
            #expect(Set([first, second]) == ["10.0.0.1:80", "10.0.0.2:80"])
            #expect(loop.resolve("two.test") == first)
            #expect(loop.resolve("alias.test").hasPrefix("10.0.0."))
        }
    }

    @Test func `an SRV record gives the port, by weight within the best priority`() throws {
        try withResolver { _, loop in
            let ports = (0..<8).map { _ in loop.resolve("srv.test").suffix(4) }
            #expect(ports.count { $0 == "8080" } == 6)
            #expect(ports.count { $0 == "8081" } == 2)
        }
    }

    @Test func `AAAA is asked for only when the order says so`() throws {
        try withResolver { _, loop in
            #expect(loop.resolve("six.test") == "dns client error: 101 empty record received")
        }
        try withResolver(Self.records, { $0.order = [.aaaa, .a] }) { _, loop in
            #expect(loop.resolve("six.test") == "[fd00::1]:80")
            #expect(loop.resolve("one.test") == "10.0.0.1:80")
        }
    }

    @Test func `a missing name is unresolvable, also as an SRV target`() throws {
        try withResolver { _, loop in
            #expect(loop.resolve("missing.test") == "dns server error: 3 name error")
            #expect(loop.resolve("gone.test") == "dns server error: 3 name error")
        }
    }

    @Test func `an SRV record that names itself does not run for ever`() throws {
        try withResolver { _, loop in
            #expect(loop.resolve("self.test") == "dns client error: 101 empty record received")
        }
    }

    @Test func `the search list completes short names`() throws {
        try withResolver(Self.records, { $0.searchDomains = ["none.test", "search.test"] }) { _, loop in
            #expect(loop.resolve("short") == "10.0.0.9:80")
        }
    }

    @Test func `literals and the hosts file need no server`() throws {
        try withResolver { server, loop in
            server.stop()
            #expect(loop.cached("10.1.2.3") == "10.1.2.3:80")
            #expect(loop.cached("::1") == "[::1]:80")
            #expect(loop.cached("LocalHost") == "127.0.0.1:80")
        }
    }

    @Test func `a stale answer is served while the server is away, and a new one comes in when it is back`() throws {
        let clock = Clock()
        try withResolver(Self.records, clock: clock) { server, loop in
            #expect(loop.resolve("one.test") == "10.0.0.1:80")
            server.stop()
            clock.advance(milliseconds: 11_000)
            #expect(loop.cached("one.test") == "10.0.0.1:80")
            let other = try #require(
                NameServer(["--address=/one.test/10.0.0.99", "--local-ttl=10"], port: server.port))
            defer { other.stop() }
            // The refresh that failed meanwhile is tried again after dns_error_ttl.
            for _ in 0..<50 where loop.cached("one.test") == "10.0.0.1:80" {
                usleep(50_000)
                clock.advance(milliseconds: 50)
            }
            #expect(loop.cached("one.test") == "10.0.0.99:80")
        }
    }

    @Test func `when no server answers the failure is not one of the name`() throws {
        try withResolver { server, loop in
            server.stop()
            let failure = loop.resolve("one.test")
            #expect(failure.hasPrefix("failed to receive reply from UDP server 127.0.0.1:\(server.port): "))
        }
    }

    @Test func `a second server is asked when the first does not answer`() throws {
        let dead = try #require(DNSServer("127.0.0.1:1"))
        try withResolver(Self.records, { $0.resolvers.insert(dead, at: 0) }) { _, loop in
            #expect(loop.resolve("one.test") == "10.0.0.1:80")
        }
    }

    @Test func `a zero time to live is asked for every time`() throws {
        try withResolver(["--host-record=zero.test,10.0.0.1", "--local-ttl=0"]) { _, loop in
            #expect(loop.resolve("zero.test") == "10.0.0.1:80")
            #expect(loop.cached("zero.test") == nil)
        }
    }

    @Test(arguments: [false, true])
    func `many at once all get an answer`(noSync: Bool) throws {
        try withResolver(Self.records, { $0.noSync = noSync }) { _, loop in
            #expect(loop.resolveMany("one.test", count: 50) == [String](repeating: "10.0.0.1:80", count: 50))
        }
    }

    @Test(arguments: [(false, 1), (true, 20)])
    func `one question is sent for many who ask, unless dns_no_sync`(noSync: Bool, expected: Int) throws {
        let silent = try SilentServer()
        defer { silent.stop() }
        let server = try #require(DNSServer("127.0.0.1:\(silent.port)"))
        try withResolver(
            Self.records,
            {
                $0.resolvers = [server]
                $0.noSync = noSync
                $0.attempts = 1
                $0.order = [.a]
            }
        ) { _, loop in
            _ = loop.resolveMany("one.test", count: 20)
            #expect(silent.questions == expected)
        }
    }

    @Test func `all records of a name can be had`() throws {
        try withResolver { _, loop in
            let records = try #require(loop.records("srv.test"))
            guard case .services(let services) = records.answer else {
                Issue.record("no services")
                return
            }
            #expect(Set(services.map(\.port)) == [8080, 8081])
            #expect(records.lifetimeMilliseconds == 10_000)
            let behindAlias = try #require(loop.records("alias.test"))
            guard case .addresses(let addresses) = behindAlias.answer else {
                Issue.record("no addresses")
                return
            }
            #expect(addresses.count == 2)
        }
    }

    @Test func `whoever waits at the end is told`() throws {
        let silent = try SilentServer()
        defer { silent.stop() }
        let server = try #require(DNSServer("127.0.0.1:\(silent.port)"))
        try withResolver(
            Self.records,
            {
                $0.resolvers = [server]
                $0.attemptTimeout = .seconds(30)
            }
        ) { _, loop in
            let waiting = loop.begin("one.test")
            loop.resolver.shutdown()
            let told = try waiting.wait()
            #expect(told == "the resolver is shut down")
            #expect(loop.resolve("two.test") == "the resolver is shut down")
        }
    }
}
