// What cors tells browsers.

import PluginKit
import Plugins
import Schema
import Testing

@Suite struct CORSTests {
    private let scene = Scene()

    private func preflight(_ fields: String, _ config: JSONObject = [:]) -> (Verdict, Exchange) {
        let x = scene.request("OPTIONS / HTTP/1.1" + fields)
        let plugin = scene.make(CORS.self, config)
        let verdict = plugin.access(x)
        plugin.responseHead(x)
        return (verdict, x)
    }

    /// The announced origin of a plain request, and Vary.
    private func announced(_ origin: String?, _ config: JSONObject) -> [String?] {
        let x = scene.request("GET / HTTP/1.1" + (origin.map { "\nOrigin: \($0)" } ?? ""))
        let plugin = scene.make(CORS.self, config)
        #expect(plugin.access(x).isNext)
        plugin.responseHead(x)
        return [x.clientHeader("Access-Control-Allow-Origin"), x.clientHeader("Vary")]
    }

    @Test func `every OPTIONS request is answered as a preflight`() {
        let (verdict, x) = preflight("")
        #expect(verdict.response?.status == 200)
        #expect(verdict.response?.text == "")
        #expect(x.clientHeader("Access-Control-Allow-Origin") == "*")
        #expect(x.clientHeader("Access-Control-Allow-Methods") == "GET,HEAD,PUT,PATCH,POST,DELETE")
        #expect(x.clientHeader("Access-Control-Allow-Headers") == nil)
    }

    @Test func `a preflight tells what is configured, else what was asked for`() {
        let asked = "\nAccess-Control-Request-Headers: x-one, X-Two"
        #expect(preflight(asked).1.clientHeader("Access-Control-Allow-Headers") == "x-one, X-Two")
        let (_, x) = preflight(
            asked, ["headers": ["a", "b"], "methods": ["GET"], "max_age": 23, "exposed_headers": ["c"]])
        #expect(x.clientHeader("Access-Control-Allow-Headers") == "a,b")
        #expect(x.clientHeader("Access-Control-Allow-Methods") == "GET")
        #expect(x.clientHeader("Access-Control-Max-Age") == "23")
        #expect(x.clientHeader("Access-Control-Expose-Headers") == nil)
    }

    @Test func `an empty list of methods is told as a blank`() {
        #expect(preflight("", ["methods": []]).1.clientHeader("Access-Control-Allow-Methods") == " ")
    }

    @Test func `a preflight can be left to the upstream`() {
        let (verdict, x) = preflight("", ["preflight_continue": true])
        #expect(verdict.isNext)
        #expect(x.clientHeader("Access-Control-Allow-Origin") == nil)
    }

    @Test func `a single origin is announced to everybody`() {
        let config: JSONObject = ["origins": ["https://a.test"]]
        for asking in ["https://a.test", "https://b.test", nil] {
            #expect(announced(asking, config) == ["https://a.test", "Origin"])
        }
    }

    @Test func `of several origins the one that asks is announced`() {
        let config: JSONObject = ["origins": ["https://a.test:443", "http://b.test:8080"]]
        #expect(announced("https://a.test", config) == ["https://a.test", "Origin"])
        #expect(announced("http://b.test:8080", config) == ["http://b.test:8080", "Origin"])
        #expect(announced("http://b.test", config) == [nil, nil])
        #expect(announced("null", config) == [nil, nil])
        #expect(announced(nil, config) == [nil, nil])
    }

    @Test func `a pattern without a colon is for hosts, another for whole origins`() {
        let hosts: JSONObject = ["origins": [#".*\.a\.test"#, "https://z.test"]]
        #expect(announced("https://x.a.test", hosts) == ["https://x.a.test", "Origin"])
        #expect(announced("https://a.test", hosts) == [nil, nil])
        let whole: JSONObject = ["origins": ["http://x[0-9]\\.test"]]
        #expect(announced("http://x1.test", whole) == ["http://x1.test", "Origin"])
        #expect(announced("https://x1.test", whole) == [nil, "Origin"])
    }

    @Test func `with credentials the origin that asks is named in place of all`() {
        let x = scene.request("GET / HTTP/1.1\nOrigin: https://a.test")
        scene.make(CORS.self, ["credentials": true]).responseHead(x)
        #expect(x.clientHeader("Access-Control-Allow-Origin") == "https://a.test")
        #expect(x.clientHeader("Access-Control-Allow-Credentials") == "true")
        #expect(x.clientHeader("Vary") == "Origin")
        #expect(announced(nil, ["credentials": true]) == ["*", nil])
    }
}
