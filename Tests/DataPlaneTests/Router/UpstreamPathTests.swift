// How the path towards the service is joined: Kong 1.1.2's table, and what the table leaves out.

import DataPlane
import Testing

@Suite struct `the upstream path` {
    @Test(arguments: joins)
    func `is joined as Kong does`(_ join: Join) {
        let rule = join.routePath.isEmpty ? RouteRule(methods: ["GET"]) : RouteRule(paths: [join.routePath])
        #expect(upstream(rule, join.base, join.path, strip: true) == join.stripped)
        #expect(upstream(rule, join.base, join.path, strip: false) == join.kept)
    }

    @Test func `keeps the query as it came`() {
        let rule = RouteRule(paths: ["/a"])
        #expect(upstream(rule, "/", "/a/b", strip: true, query: "?x=%20&y") == "/b?x=%20&y")
        #expect(upstream(rule, "/", "/a", strip: true, query: "?") == "/?")
    }

    @Test func `leaves out what a regex matched`() {
        let rule = RouteRule(paths: ["/users/\\d+/"])
        #expect(upstream(rule, "/base/", "/users/7/a/users/8/", strip: true) == "/base/a/users/8/")
        #expect(upstream(rule, "/base/", "/users/42/posts", strip: false) == "/base/users/42/posts")
    }

    @Test func `drops one slash of two only when the path is stripped`() {
        let rule = RouteRule(paths: ["/a"])
        #expect(upstream(rule, "/base/", "/a//b", strip: true) == "/base//b")
        #expect(upstream(rule, "/base", "/a/b", strip: false) == "/basea/b")
        #expect(upstream(rule, "/", "//b", strip: false, RouteMatch(route: 0)) == "//b")
        #expect(upstream(rule, "/", "//b", strip: true, RouteMatch(route: 0)) == "/b")
    }

    private func upstream(
        _ rule: RouteRule, _ base: String, _ path: String, strip: Bool, query: String = "", _ given: RouteMatch? = nil
    ) -> String? {
        guard let match = given ?? RouterHarness([rule]).match("GET", "", path) else { return nil }
        let (base, path, query) = ([UInt8](base.utf8), [UInt8](path.utf8), [UInt8](query.utf8))
        let cuts = UpstreamPath(base: base.span, path: path.span, match: match, stripPath: strip)
        var sink: [UInt8] = []
        cuts.append(to: &sink, base: base.span, path: path.span, query: query.span)
        return String(decoding: sink, as: UTF8.self)
    }
}

typealias Join = (base: String, routePath: String, path: String, stripped: String, kept: String)

/// Service path, route path (empty: none), request path, and the result with strip_path on and off.
private let joins: [Join] = [
    ("/", "/", "/", "/", "/"),
    ("/", "/", "/foo/bar", "/foo/bar", "/foo/bar"),
    ("/", "/", "/foo/bar/", "/foo/bar/", "/foo/bar/"),
    ("/", "/", "/foo/bars", "/foo/bars", "/foo/bars"),
    ("/", "/", "/foo/bar/s", "/foo/bar/s", "/foo/bar/s"),
    ("/", "/foo/bar", "/foo/bar", "/", "/foo/bar"),
    ("/", "/foo/bar", "/foo/bar/", "/", "/foo/bar/"),
    ("/", "/foo/bar", "/foo/bars", "/s", "/foo/bars"),
    ("/", "/foo/bar", "/foo/bar/s", "/s", "/foo/bar/s"),
    ("/", "/foo/bar/", "/foo/bar/", "/", "/foo/bar/"),
    ("/", "/foo/bar/", "/foo/bar/s", "/s", "/foo/bar/s"),
    ("/", "", "/", "/", "/"),
    ("/", "", "/foo/bar", "/foo/bar", "/foo/bar"),
    ("/", "", "/foo/bar/", "/foo/bar/", "/foo/bar/"),
    ("/", "", "/foo/bars", "/foo/bars", "/foo/bars"),
    ("/", "", "/foo/bar/s", "/foo/bar/s", "/foo/bar/s"),
    ("/fee/bor", "/", "/", "/fee/bor", "/fee/bor"),
    ("/fee/bor", "/", "/foo/bar", "/fee/borfoo/bar", "/fee/borfoo/bar"),
    ("/fee/bor", "/", "/foo/bar/", "/fee/borfoo/bar/", "/fee/borfoo/bar/"),
    ("/fee/bor", "/", "/foo/bars", "/fee/borfoo/bars", "/fee/borfoo/bars"),
    ("/fee/bor", "/", "/foo/bar/s", "/fee/borfoo/bar/s", "/fee/borfoo/bar/s"),
    ("/fee/bor", "/foo/bar", "/foo/bar", "/fee/bor", "/fee/borfoo/bar"),
    ("/fee/bor", "/foo/bar", "/foo/bar/", "/fee/bor/", "/fee/borfoo/bar/"),
    ("/fee/bor", "/foo/bar", "/foo/bars", "/fee/bors", "/fee/borfoo/bars"),
    ("/fee/bor", "/foo/bar", "/foo/bar/s", "/fee/bor/s", "/fee/borfoo/bar/s"),
    ("/fee/bor", "/foo/bar/", "/foo/bar/", "/fee/bor", "/fee/borfoo/bar/"),
    ("/fee/bor", "/foo/bar/", "/foo/bar/s", "/fee/bors", "/fee/borfoo/bar/s"),
    ("/fee/bor", "", "/", "/fee/bor", "/fee/bor"),
    ("/fee/bor", "", "/foo/bar", "/fee/borfoo/bar", "/fee/borfoo/bar"),
    ("/fee/bor", "", "/foo/bar/", "/fee/borfoo/bar/", "/fee/borfoo/bar/"),
    ("/fee/bor", "", "/foo/bars", "/fee/borfoo/bars", "/fee/borfoo/bars"),
    ("/fee/bor", "", "/foo/bar/s", "/fee/borfoo/bar/s", "/fee/borfoo/bar/s"),
    ("/fee/bor/", "/", "/", "/fee/bor/", "/fee/bor/"),
    ("/fee/bor/", "/", "/foo/bar", "/fee/bor/foo/bar", "/fee/bor/foo/bar"),
    ("/fee/bor/", "/", "/foo/bar/", "/fee/bor/foo/bar/", "/fee/bor/foo/bar/"),
    ("/fee/bor/", "/", "/foo/bars", "/fee/bor/foo/bars", "/fee/bor/foo/bars"),
    ("/fee/bor/", "/", "/foo/bar/s", "/fee/bor/foo/bar/s", "/fee/bor/foo/bar/s"),
    ("/fee/bor/", "/foo/bar", "/foo/bar", "/fee/bor/", "/fee/bor/foo/bar"),
    ("/fee/bor/", "/foo/bar", "/foo/bar/", "/fee/bor/", "/fee/bor/foo/bar/"),
    ("/fee/bor/", "/foo/bar", "/foo/bars", "/fee/bor/s", "/fee/bor/foo/bars"),
    ("/fee/bor/", "/foo/bar", "/foo/bar/s", "/fee/bor/s", "/fee/bor/foo/bar/s"),
    ("/fee/bor/", "/foo/bar/", "/foo/bar/", "/fee/bor/", "/fee/bor/foo/bar/"),
    ("/fee/bor/", "/foo/bar/", "/foo/bar/s", "/fee/bor/s", "/fee/bor/foo/bar/s"),
    ("/fee/bor/", "", "/", "/fee/bor/", "/fee/bor/"),
    ("/fee/bor/", "", "/foo/bar", "/fee/bor/foo/bar", "/fee/bor/foo/bar"),
    ("/fee/bor/", "", "/foo/bar/", "/fee/bor/foo/bar/", "/fee/bor/foo/bar/"),
    ("/fee/bor/", "", "/foo/bars", "/fee/bor/foo/bars", "/fee/bor/foo/bars"),
    ("/fee/bor/", "", "/foo/bar/s", "/fee/bor/foo/bar/s", "/fee/bor/foo/bar/s"),
]
