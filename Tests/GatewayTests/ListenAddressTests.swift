// The syntax of listeners.

import Gateway
import Testing

@Suite("Listen addresses")
struct ListenAddressTests {
    private let flags = ListenAddress.Flag.allCases

    @Test(arguments: [
        ("127.0.0.1:8000", "127.0.0.1:8000"), ("127.0.0.1:0", "127.0.0.1:0"), ("*:8000", "*:8000"),
        ("localhost:80", "localhost:80"), ("1.2.3.4:1  http2   ssl", "1.2.3.4:1 ssl http2"),
        ("[::1]:8000", "[0000:0000:0000:0000:0000:0000:0000:0001]:8000"),
        ("a:1 transparent proxy_protocol", "a:1 proxy_protocol transparent"),
    ])
    func `an address is read`(entry: String, listener: String) {
        #expect(ListenAddress(entry, allowed: flags)?.listener == listener)
    }

    @Test(arguments: [
        "", "8000/tcp", "127.0.0.1", "127.0.0.1:8000 http3", "127.0.0.1:80000", "::1:8000", "[::1]", ":8000",
        "300.1.1.1:8000", "127.0.0.1:port", "127.0.0.1:8000:1", "unix:/tmp/x.sock", "127.0.0.1:-1", "off", "OFF",
    ])
    func `what is no address is refused`(entry: String) {
        #expect(ListenAddress(entry, allowed: flags) == nil)
    }

    @Test(arguments: [
        ("127.0.0.1:1", true), ("127.8.0.1:1 ssl", true), ("localhost:1", true), ("[::1]:1", true), ("*:1", false),
        ("0.0.0.0:1", false), ("10.0.0.1:1", false), ("[::]:1", false), ("[::ffff:1]:1", false),
        ("127.example:1", false),
    ])
    func `an address of this machine alone is known as one`(entry: String, isLoopback: Bool) {
        #expect(ListenAddress(entry, allowed: flags)?.isLoopback == isLoopback)
    }

    @Test func `off as the first entry makes the list empty`() {
        #expect(ListenAddress.list(["off", "127.0.0.1:8000"], allowed: flags) == [])
        #expect(ListenAddress.list(["127.0.0.1:8000", "off"], allowed: flags) == nil)
        #expect(ListenAddress.list([], allowed: flags) == nil)
    }

    @Test func `streams take no TLS`() {
        #expect(ListenAddress("127.0.0.1:1 ssl", allowed: [.proxyProtocol, .transparent]) == nil)
    }
}
