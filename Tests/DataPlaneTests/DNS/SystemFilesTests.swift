// resolv.conf, the hosts file and the addresses of name servers.

import DataPlane
import NIOCore
import Testing

@Suite struct SystemFilesTests {
    @Test func `resolv.conf gives servers, search list and options`() {
        let read = ResolvConf(
            """
            # comment
            nameserver 10.0.0.1
            nameserver fe80::1%eth0
            nameserver ::1 ; comment
            domain old.test
            search one.test Two.test.
            options ndots:2 timeout:3 attempts:4 rotate
            """)
        #expect(read.servers.map(\.description) == ["10.0.0.1:53", "[::1]:53"])
        #expect(read.search == ["one.test", "two.test"])
        #expect([read.dotsForAbsolute, read.timeoutMilliseconds, read.attempts] == [2, 3000, 4])
    }

    @Test func `resolv.conf is kept within limits`() {
        let servers = (1...5).map { "nameserver 10.0.0.\($0)" }.joined(separator: "\n")
        let read = ResolvConf(servers + "\nsearch a b c d e f g h\noptions ndots:99 attempts:0")
        #expect(read.servers.count == 3)
        #expect(read.search.count == 6)
        #expect([read.dotsForAbsolute, read.attempts] == [15, 1])
    }

    @Test func `an empty resolv.conf leaves Kong's defaults`() {
        let read = ResolvConf("")
        #expect([read.dotsForAbsolute, read.timeoutMilliseconds, read.attempts] == [1, 2000, 5])
    }

    @Test func `the environment goes over resolv.conf`() {
        let read = ResolvConf("search a.test\noptions ndots:2", localDomain: "b.test c.test", options: "ndots:3")
        #expect(read.search == ["b.test", "c.test"])
        #expect(read.dotsForAbsolute == 3)
    }

    @Test func `the hosts file gives the first address of a name, IPv4 before IPv6`() {
        let hosts = HostsFile("::2 Both\n10.0.0.1 one both # comment\n10.0.0.2 one\n::3 six\nrubbish line\n")
        let order = DNSOrder.standard
        #expect(hosts.address(of: "one", order: order) == address("10.0.0.1"))
        #expect(hosts.address(of: "both", order: order) == address("10.0.0.1"))
        #expect(hosts.address(of: "both", order: [.aaaa, .a]) == address("::2"))
        #expect(hosts.address(of: "six", order: order) == address("::3"))
        #expect(hosts.address(of: "comment", order: order) == nil)
    }

    @Test func `localhost is always defined`() {
        #expect(HostsFile("").address(of: "localhost", order: [.a]) == address("127.0.0.1"))
        #expect(HostsFile("10.1.1.1 localhost").address(of: "localhost", order: [.a]) == address("10.1.1.1"))
    }

    @Test(arguments: [
        ("8.8.8.8", "8.8.8.8:53"), ("8.8.8.8:5353", "8.8.8.8:5353"), ("::1", "[::1]:53"), ("[::1]", "[::1]:53"),
        ("[::1]:54", "[::1]:54"),
    ])
    func `a name server is an address with or without a port`(text: String, expected: String) {
        #expect(DNSServer(text)?.description == expected)
    }

    @Test(arguments: [
        "localhost", "dns.name:53", "1.2.3.4.5", "1.2.3.4:", "1.2.3.4:0", "1.2.3.4:70000", "[1.2.3.4]", "",
    ])
    func `anything else is no name server`(text: String) {
        #expect(DNSServer(text) == nil)
    }

    @Test func `a literal gives the address to connect to`() {
        #expect(HostAddress.socketAddress(literal: "10.0.0.1", port: 80)?.description.contains("10.0.0.1:80") == true)
        #expect(HostAddress.socketAddress(literal: "[::1]", port: 80)?.port == 80)
        #expect(HostAddress.socketAddress(literal: "example.com", port: 80) == nil)
    }
}
