// The checks of a path and of a host, one by one.

import Testing
import Wire

@Suite struct PathAndHostTests {
    private func isPath(_ path: String, endsTarget: Bool = true) -> Bool {
        PercentPath.isValid(latin1(path).span, endsTarget: endsTarget)
    }

    private func isHost(_ host: String) -> Bool { HostName.isValid(latin1(host).span) }

    @Test(arguments: [
        "/", "/a/../b", "/a/..", "/a/b/../..", "/./", "/.a/..b/...", "/%20%2F%c3%A9", "/a%2e%2e/", "/%", "/a%2", "/a%",
        "/%25zz", "/%3f..%3f/", "/a/%2e%2e", "/a/x%2f../..", "/index.html", "/a#/../..",
    ])
    func `a path that works out is accepted`(_ path: String) {
        #expect(isPath(path))
    }

    @Test(arguments: [
        "/%zz", "/a%g1b", "/%0g", "/%00", "/a%00", "/../", "/..", "/../../etc/passwd", "/a/../../b", "/%2e%2e/a",
        "/..%2f",
        "/.%2E/", "/a/..//../b", "/./../", "/%zz/%", "/../%",
    ])
    func `a path that does not is refused`(_ path: String) {
        #expect(!isPath(path))
    }

    @Test(arguments: ["/%", "/a%2"])
    func `an unfinished encoding is only tolerated at the very end`(_ path: String) {
        #expect(!isPath(path, endsTarget: false))
    }

    @Test(arguments: [
        ("a", 1), ("a.test", 6), ("A_b-c.test.", 11), ("a.test:80", 6), ("a.test:", 6), ("1.2.3.4:8000", 7),
        ("[::1]", 5),
        ("[fe80::1]:443", 9), ("*.a", 3), ("caf\u{e9}", 4),
    ])
    func `a host with or without a port`(_ host: String, _ length: Int) {
        #expect(isHost(host))
        #expect(HostName.lengthWithoutPort(latin1(host).span) == length)
    }

    @Test(arguments: [
        "", ":80", "a..b", "a/b", "a b", "a\\b", "a:b", "a:80:80", "[", "[]", "[::1", "[::1]x", "[g]", "a]", "u@h",
        "a?b",
        "a#b", "a\"", "<a>", "a:80 ",
    ])
    func `what cannot be a host is refused`(_ host: String) {
        #expect(!isHost(host))
    }

    @Test func `every known header is found by its name in any case`() {
        for known in KnownHeader.allCases where known != .other && known != .xAccel {
            let name = "\(known.name)"
            #expect(KnownHeader.lookup(latin1(name).span) == known)
            #expect(KnownHeader.lookup(latin1(name.uppercased()).span) == known)
            #expect(KnownHeader.lookup(latin1(name + "x").span) == .other)
            #expect(KnownHeader.lookup(latin1("x" + name).span) == .other)
            #expect(KnownHeader.lookup(latin1(String(name.dropLast())).span) != known)
        }
        #expect(KnownHeader.lookup(latin1("X-Accel-Buffering").span) == .xAccel)
        #expect(KnownHeader.lookup(latin1("X-Accelerate").span) == .other)
        #expect(KnownHeader.allCases.count <= 64)
    }
}
