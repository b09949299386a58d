// Paths: prefixes, regexes, which of them wins, and what the answer says about the match.

import DataPlane
import Testing

@Suite struct `paths of routes` {
    @Test func `a prefix is one of bytes, and the longest wins whichever route is older`() {
        let routes = RouterHarness([
            RouteRule(paths: ["/a"], createdAt: 1), RouteRule(paths: ["/a/b"], createdAt: 2),
            RouteRule(paths: ["/a/"], createdAt: 3),
        ])
        #expect(routes.match(path: "/a/b/c") == RouteMatch(route: 1, pathEnd: 4, hasPath: true))
        #expect(routes.match(path: "/a/c") == RouteMatch(route: 2, pathEnd: 3, hasPath: true))
        #expect(routes.match(path: "/ab") == RouteMatch(route: 0, pathEnd: 2, hasPath: true))
        #expect(routes.match(path: "/") == nil)
    }

    @Test func `a regex wins over a longer prefix but not over a path that is equal`() {
        let routes = RouterHarness([
            RouteRule(paths: ["/users/\\w+"], regexPriority: 10), RouteRule(paths: ["/users/me"]),
            RouteRule(paths: ["/users/me/too/long"]),
        ])
        #expect(routes.match(path: "/users/me")?.route == 1)
        #expect(
            routes.match(path: "/users/me/too/long/way")
                == RouteMatch(
                    route: 0, pathEnd: 9, hasPath: true, regexIndex: 0))
    }

    @Test func `regexes go by priority, then by age`() {
        let routes = RouterHarness([
            RouteRule(paths: ["/a/\\w+"], regexPriority: 1, createdAt: 1),
            RouteRule(paths: ["/a/\\d+"], regexPriority: 5, createdAt: 2),
            RouteRule(paths: ["/a/[a-z]+"], regexPriority: 1, createdAt: 0),
        ])
        #expect(routes.match(path: "/a/12")?.route == 1)
        #expect(routes.match(path: "/a/xy")?.route == 2)
        #expect(routes.match(path: "/a/X")?.route == 0)
    }

    @Test func `a regex is anchored at its start only`() {
        let routes = RouterHarness([RouteRule(paths: ["/users/\\d+"])])
        #expect(routes.match(path: "/v1/users/42") == nil)
        #expect(routes.match(path: "/users/42/posts")?.pathEnd == 9)
    }

    @Test func `of several paths of a route, the one the request hit counts`() {
        let routes = RouterHarness([RouteRule(paths: ["/a", "/a/b", "/c"])])
        #expect(routes.match(path: "/a/b/x")?.pathEnd == 4)
        #expect(routes.match(path: "/a/x")?.pathEnd == 2)
    }

    @Test func `many regexes behind one prefix are told apart`() {
        let routes = RouterHarness((0..<200).map { RouteRule(paths: ["/users/\\d+/item\($0)(/|$)"], createdAt: $0) })
        #expect(routes.match(path: "/users/7/item150/x")?.route == 150)
        #expect(routes.match(path: "/users/7/item15")?.route == 15)
        #expect(routes.match(path: "/users/7/item1500") == nil)
        #expect(routes.match(path: "/users/x/item15") == nil)
    }

    @Test(arguments: [
        ("/(?i)docs/", "/DOCS/a"), ("/a{2}b", "/aab"), ("/{id}/x", "/{id}/x"), ("/a?b+c", "/bbc"), ("/x|/y", "/y"),
        ("/[]a]z", "/]z"), ("/[[:alpha:]]+/q", "/ab/q"), ("/a\\.b", "/a.b"), ("/(?:x(y|z))?w", "/w"),
        ("/a(?#comment)b", "/ab"), ("/\\Qa+b\\E", "/a+b"), ("/\\x41b", "/Ab"), ("/a\\ib", "/aib"), ("/(?=ab)a", "/ab"),
    ])
    func `the literal text of a regex is never taken for more than it is`(_ pattern: String, _ path: String) {
        // Enough others with the same beginning, so that the text inside the pattern is looked at, too.
        let others = (0..<40).map { RouteRule(paths: ["\(pattern)/never\($0)!"], createdAt: $0) }
        let routes = RouterHarness(others + [RouteRule(paths: [pattern], createdAt: 99)])
        #expect(routes.match(path: path)?.route == 40)
    }

    @Test func `groups are given by number and by name`() {
        let routes = RouterHarness([RouteRule(paths: ["/users/(?<id>\\d+)/(a|b)?(c)?"]), RouteRule(paths: ["/x\\d"])])
        let path = [UInt8]("/users/42/b".utf8)
        let match = routes.match(path: "/users/42/b")
        let captures = match.flatMap { routes.router.captures($0, path: path.span) }
        #expect(captures?.numbered == [[UInt8]("42".utf8), [UInt8]("b".utf8), nil])
        #expect(captures?.named == ["id": [UInt8]("42".utf8)])
        let plain = [UInt8]("/x1".utf8)
        let other = routes.match(path: "/x1")
        #expect(other.flatMap { routes.router.captures($0, path: plain.span) } == nil)
    }

    @Test func `a regex that does not compile is left out and reported`() {
        let routes = RouterHarness([RouteRule(paths: ["/a(", "/b"]), RouteRule(paths: ["/(a"])])
        #expect(routes.match(path: "/b/c")?.route == 0)
        #expect(routes.router.faults.map(\.route) == [0, 1])
        #expect(routes.router.faults.first?.message == "pcre_compile() failed: missing ) in \"/a(\"")
    }

    @Test func `compiled regexes are taken over from the router before`() {
        let first = RouterHarness([RouteRule(paths: ["/a/\\d+"]), RouteRule(paths: ["/b/\\d+"])])
        let second = RouterHarness(
            [RouteRule(paths: ["/c/\\d+"]), RouteRule(paths: ["/b/\\d+"])], reusing: first.router)
        #expect(second.match(path: "/b/1")?.route == 1)
        #expect(second.match(path: "/c/1")?.route == 0)
        #expect(second.match(path: "/a/1") == nil)
    }

    @Test func `a pattern that backtracks without end does not match rather than stall`() {
        let routes = RouterHarness([RouteRule(paths: ["/(a+)+$"])])
        #expect(routes.match(path: "/" + String(repeating: "a", count: 64) + "!") == nil)
    }
}

@Suite struct `the syntax of paths` {
    @Test func `tells plain paths from regexes`() {
        #expect(RegexSyntax.isPlainPath("/v1.0/a-b_c~d%20".utf8))
        #expect(!RegexSyntax.isPlainPath("/a+".utf8))
        #expect(!RegexSyntax.isPlainPath("/{id}".utf8))
    }

    @Test func `words faults as Kong does`() {
        #expect(RegexSyntax.check("/users/\\d+") == nil)
        #expect(
            RegexSyntax.check("/users/(foo/profile")
                == "invalid regex: '/users/(foo/profile' (PCRE returned: pcre_compile() failed: missing ) in "
                + "\"/users/(foo/profile\")")
        #expect(RegexSyntax.fault(in: "/a**b") == "pcre_compile() failed: nothing to repeat in \"/a**b\" at \"*b\"")
        #expect(RegexSyntax.fault(in: "/a)b") == "pcre_compile() failed: unmatched parentheses in \"/a)b\" at \")b\"")
    }
}
