// What nginx' gzip directives decide by single headers.

import DataPlane
import Testing

@Suite("Gzip rules")
struct GzipRulesTests {
    @Test(arguments: [
        ("gzip", true), ("gzip, deflate", true), ("deflate, gzip", true), ("deflate,GZip", true), ("br gzip", true),
        ("gzip;q=1", true), ("gzip; q=0.5, br", true), ("gzip;q=0.001", true), ("gzip;q=1.000", true),
        ("gzip ;q=0.1", true), ("gzip;", true), ("gzip;q=0", false), ("gzip;q=0.000", false), ("gzip;q=0, br", false),
        ("gzip;q=1.001", false), ("gzip;q=0.1234", false), ("gzip;q=2", false), ("gzip;q=x", false),
        ("gzip;q", false), ("gzip;x=1", false), ("gzipped", false), ("x-gzip", false), ("*", false), ("", false),
        ("identity", false), ("agzip, gzip", true),
    ])
    func `a client takes gzip when nginx would say so`(value: String, takes: Bool) {
        let bytes = Array(value.utf8)
        let found = AcceptEncoding.takesGzip(bytes.span)
        #expect(found == takes)
    }

    @Test(arguments: [
        (200, 20, "text/html", true), (403, nil, "TEXT/HTML", true), (404, 1000, "application/json", true),
        (200, 19, "text/html", false), (201, 1000, "text/html", false), (500, 1000, "text/html", false),
        (206, 1000, "text/html", false), (200, 1000, "text/css", false), (200, 1000, "", false),
    ])
    func `only answers of some statuses, lengths and types are compressed`(
        status: Int, length: Int?, type: String, concerns: Bool
    ) {
        var rules = GzipRules()
        rules.isOn = true
        rules.types?.append(Array("application/json".utf8))
        let bytes = Array(type.utf8)
        let found = rules.concerns(status: status, length: length, type: bytes.span)
        #expect(found == concerns)
        rules.types = nil
        let any = rules.concerns(status: 200, length: 1000, type: bytes.span)
        #expect(any)
        rules.isOn = false
        let none = rules.concerns(status: 200, length: 1000, type: bytes.span)
        #expect(!none)
    }

    @Test(arguments: [
        ("text/html", "text/html", "text/html"), ("text/html; charset=utf-8", "text/html", "text/html"),
        ("text/html;CHARSET=x", "text/html", "text/html"), ("text/html; q=1", "text/html; q=1", "text/html"),
        ("text/html; q=1; charset=x", "text/html; q=1", "text/html"), ("", "", ""),
    ])
    func `a type ends where nginx, or OpenResty, takes its parameters off`(
        value: String, upstreams: String, kongs: String
    ) {
        let bytes = Array(value.utf8)
        let counts = (MediaType.count(ofUpstreams: bytes.span), MediaType.count(ofKongs: bytes.span))
        #expect(counts == (upstreams.utf8.count, kongs.utf8.count))
    }

    @Test(arguments: [
        ("Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)", true),
        ("Mozilla/4.0 (compatible; MSIE 5.5; Windows)", true), ("Mozilla/4.0 (compatible; MSIE 4.01)", true),
        ("Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1)", false),
        ("Mozilla/4.0 (compatible; MSIE 7.0)", false), ("Mozilla/4.0 (compatible; MSIE 6.0) Opera 8", false),
        ("MSIE 6", false), ("curl/8", false),
    ])
    func `old Explorers are known by their names`(agent: String, isOne: Bool) {
        let bytes = Array(agent.utf8)
        let found = OldExplorer.isOne(bytes.span)
        #expect(found == isOne)
    }

    @Test func `clients are left out by a pattern, whatever the case of its letters`() throws {
        var rules = GzipRules()
        rules.excluded = [try #require(SearchPattern("(?i)oldbot/[0-2]"))]
        let (old, new) = (Array("x OldBot/1 y".utf8), Array("OldBot/3".utf8))
        let found = (rules.excludes(userAgent: old.span), rules.excludes(userAgent: new.span))
        #expect(found == (true, false))
    }

    private static let past = Array("Sun, 06 Nov 1994 08:49:37 GMT".utf8)
    private static let future = Array("Sunday, 06-Nov-44 08:49:37 GMT".utf8)

    private static func answer(_ set: (inout GzipRules.Cacheability) -> Void) -> GzipRules.Cacheability {
        var answer = GzipRules.Cacheability()
        set(&answer)
        return answer
    }

    static let proxied: [(String, GzipRules.Cacheability, Bool)] = [
        ("off", answer { _ in }, false), ("any", answer { _ in }, true),
        ("expired", answer { _ in }, true), ("auth", answer { $0.hasAuthorization = true }, true),
        ("expired", answer { $0.expires = past }, true), ("expired", answer { $0.expires = future }, false),
        ("expired", answer { ($0.expires, $0.date) = (past, Array("Sun Nov  6 08:49:36 1994".utf8)) }, false),
        ("expired", answer { ($0.expires, $0.date) = (past, Array("Sun Nov  6 08:49:38 1994".utf8)) }, true),
        ("expired", answer { $0.expires = Array("0".utf8) }, false), ("no-cache", answer { $0.expires = past }, false),
        ("no-cache", answer { $0.cacheControl = [Array("max-age=1, no-cache".utf8)] }, true),
        ("no-store", answer { $0.cacheControl = [Array("x".utf8), Array("No-Store".utf8)] }, true),
        ("private", answer { $0.cacheControl = [Array("private=x".utf8)] }, false),
        ("private", answer { $0.cacheControl = [Array("public".utf8)] }, false),
        ("no_last_modified", answer { $0.hasLastModified = true }, false), ("no_last_modified", answer { _ in }, true),
        ("no_etag", answer { $0.hasETag = true }, false), ("no_etag", answer { $0.hasLastModified = true }, true),
    ]

    @Test(arguments: proxied)
    func `an answer for another proxy is compressed when gzip_proxied says so`(
        word: String, answer: GzipRules.Cacheability, allows: Bool
    ) throws {
        var rules = GzipRules()
        rules.proxied = try #require(GzipRules.Proxied(word: word))
        #expect(rules.allowsProxied(answer, now: 1_800_000_000) == allows)
    }

    @Test func `gzip_proxied knows nginx' words only`() {
        #expect(GzipRules.Proxied(word: "no_cache") == nil)
    }
}
