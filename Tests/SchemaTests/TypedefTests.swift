// The named kinds of texts: hosts, addresses, paths, URLs.

import Schema
import Testing

struct TypedefTests {
    private func error(_ trait: Schema.Trait, _ text: String) -> String? {
        var context = Fixtures.context
        context.syntax.regexError = { $0.contains("(") ? "missing )" : nil }
        let rules = FieldSpec(name: "x", kind: .string, traits: [trait]).rules
        return rules.lazy.compactMap { $0.check(.string(text), context) }.first
    }

    @Test(arguments: ["a.test", "under_score.test", "-x.test", "localhost", "1.2.3.4", "::1", "[::1]", "a"])
    func `a host is a name or an address`(text: String) {
        #expect(error(.host, text) == nil)
    }

    @Test(arguments: [
        "x-.test", "a.test.", "a..test", "a b", "http://a.test", "300.1.1.1", "a:x", "1.2.3", "[::1", ":",
    ])
    func `a text that is no host is refused`(text: String) {
        #expect(error(.host, text) == "invalid value: \(text)")
    }

    @Test(arguments: ["a.test:80", "1.2.3.4:80", "[::1]:80"])
    func `a host has no port`(text: String) {
        #expect(error(.host, text) == "must not have a port")
    }

    @Test func `a server name is a name only`() {
        #expect(error(.sni, "a.test") == nil)
        #expect(error(.sni, "1.2.3.4") == "must not be an IP")
        #expect(error(.sni, "a.test:443") == "must not have a port")
        #expect(error(.sni, "a b") == "invalid value: a b")
    }

    @Test(arguments: [
        ("1.2.3", "Invalid IP"), ("10.0.0.256", "Invalid octet: 256"), ("1.2.3.x", "Invalid octet: x"),
        ("10.0.0.0/33", "Invalid prefix: /33"), ("::1", "Invalid IP"), ("+1.2.3.4", "Invalid octet: +1"),
    ])
    func `a wrong network has its reason`(text: String, reason: String) {
        #expect(error(.cidr, text) == "invalid cidr range: \(reason)")
    }

    @Test(arguments: ["1.2.3.4", "10.0.0.0/8", "0.0.0.0/0", "1.1.1.1/32"])
    func `an address or network is fine`(text: String) {
        #expect(error(.cidr, text) == nil)
    }

    @Test(arguments: [
        ("a", "should start with: /"), ("/a//b", "must not have empty segments"),
        ("/a?b=c", "invalid path: '/a?b=c' (characters outside of the reserved list of RFC 3986 found)"),
        ("/a%zz", "invalid url-encoded value: '%zz'"), ("/a%2", "invalid url-encoded value: '%2'"),
    ])
    func `a wrong path has its reason`(text: String, reason: String) {
        #expect(error(.path, text) == reason)
    }

    @Test func `a path with other characters is a pattern where patterns are allowed`() {
        #expect(error(.pathOrPattern, "/a/[0-9]+$") == nil)
        #expect(error(.pathOrPattern, "/a(") == "invalid regex: '/a(' (PCRE returned: missing ))")
        #expect(error(.pathOrPattern, "/%2f.b~_-") == nil)
        #expect(error(.pathOrPattern, "/%g") == "invalid url-encoded value: '%g'")
    }

    @Test func `a URL needs a host and a scheme`() {
        #expect(error(.url, "http://l.test:80/p") == nil)
        #expect(error(.url, "l.test") == "missing host in url")
        #expect(error(.url, "//l.test/p") == "missing scheme in url")
    }

    @Test func `header and cookie names are tokens`() {
        let rest = ", allowed characters are A-Z, a-z, 0-9, '_', and '-'"
        #expect(error(.headerName, "X-A_1") == nil)
        #expect(error(.headerName, "bad name!") == "bad header name 'bad name!'" + rest)
        #expect(error(.cookieName, "a;") == "bad cookie name 'a;'" + rest)
    }

    @Test func `an address says what kind it is not`() {
        #expect(error(.ip, "::1") == nil)
        #expect(error(.ip, "a.test") == "not an ip address: a.test")
        #expect(error(.ip, "300.1.1.1") == "invalid ipv4 address: 300.1.1.1")
        #expect(error(.ip, "::g") == "invalid ipv6 address: ::g")
    }

    @Test func `IPv6 addresses are expanded`() {
        #expect(HostAddress("[2001:DB8::1]:80")?.host == "[2001:0db8:0000:0000:0000:0000:0000:0001]")
        #expect(HostAddress("::")?.host == "[0000:0000:0000:0000:0000:0000:0000:0000]")
        #expect(HostAddress("1:2:3:4:5:6:7:8")?.port == nil)
        #expect(HostAddress("1::2::3") == nil)
        #expect(HostAddress("1:2:3:4:5:6:7:8:9") == nil)
        #expect(HostAddress("1.2.3.4:99999") == nil)
        #expect(HostAddress("1.02.3.4")?.host == "1.2.3.4")
    }

    @Test func `a URL is taken apart`() throws {
        let url = try #require(URLParts("https://u:p@a.test:444/x/y;z?q=1#f"))
        #expect(url.scheme == "https")
        #expect(url.userInfo == "u:p")
        #expect(url.host == "a.test")
        #expect(url.port == 444)
        #expect(url.path == "/x/y")
        #expect(url.query == "q=1")
        #expect(url.fragment == "f")
        #expect(URLParts("http://[::1]:8000")?.host == "::1")
        #expect(URLParts("http://a.test?x=/1")?.path == nil)
        #expect(URLParts("invalid url")?.path == "invalid url")
        #expect(URLParts("") == nil)
    }

    @Test func `ids are version 4 and tokens have 32 letters and digits`() {
        let id = UUIDText.random()
        #expect(UUIDText.isValid(id))
        #expect(Array(id)[14] == "4")
        #expect(!UUIDText.isValid(id + "0"))
        #expect(!UUIDText.isValid("11111111-2222-4333-8444-55555555555g"))
        let token = RandomToken.make()
        #expect(token.utf8.count == 32)
        #expect(token.utf8.count { $0.isAlphanumeric } == 32)
    }
}
