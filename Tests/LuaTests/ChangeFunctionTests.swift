// kong.service, kong.response and their like: what functions can change.

import Lua
import PluginKit
import Testing
import Wire

@Suite struct ChangeFunctionTests {
    @Test func `method, path and query`() {
        let bench = Bench()
        #expect(
            bench.run(
                "kong.service.request.set_method('PUT'); kong.service.request.set_path('/p q/r')",
                "kong.service.request.set_query({ b = 'c d', a = { 1, 'x' }, t = true, f = false })"
            ).isNext)
        #expect(bench.x.request.method == .put)
        #expect(String(decoding: bench.x.request.methodName, as: UTF8.self) == "PUT")
        #expect(bench.x.request.replacedPath.text == "/p%20q/r")
        #expect(
            bench.x.request.query.text == "a=1&a=x&b=c%20d&t"
                || bench.x.request.query.text == "&a=1&a=x&b=c%20d&t")
        #expect(bench.value("kong.request.get_method()") == "PUT")
        _ = bench.run(
            "kong.service.request.set_raw_query('z=1'); kong.service.request.set_method('GET')")
        #expect(bench.x.request.query.text == "z=1")
        #expect(bench.x.request.changedMethod == nil)
    }

    @Test func `headers to the upstream`() {
        let bench = Bench()
        _ = bench.run(
            """
            kong.service.request.add_header('x-two', 'a'); kong.service.request.add_header('x-two', 'b')
            kong.service.request.add_header('X-In', 2)
            kong.service.request.set_headers({ ['X-L'] = { 'p', 'q' }, ['X-E'] = '' })
            kong.service.request.set_header('Host', 'other.test'); kong.service.request.clear_header('Cookie')
            """)
        #expect(bench.upstreamHeader("X-Two") == ["a", "b"])
        #expect(bench.upstreamHeader("X-In") == ["one", "2"])
        #expect(bench.upstreamHeader("X-L") == ["p", "q"])
        #expect(bench.upstreamHeader("X-E") == [" "])
        #expect(bench.upstreamHeader("Host") == ["other.test"])
        #expect(bench.upstreamHeader("Cookie") == [])
    }

    @Test func `nothing that a function sets ends a line or the framing`() {
        let bench = Bench()
        _ = bench.run(
            """
            ngx.req.set_header('X-A', 'b\\r\\nX-Evil: 1'); ngx.req.set_header('X-B: x\\r\\nX-C', 'v')
            ngx.req.set_header('Transfer-Encoding', 'chunked'); ngx.req.set_header('Content-Length', '5')
            kong.service.request.set_path('/a HTTP/1.1\\r\\nX: y'); ngx.header['X-R'] = 'a\\r\\nb'
            """)
        #expect(bench.upstreamHeader("X-A") == ["b%0D%0AX-Evil: 1"])
        #expect(bench.upstreamHeader("X-B%3A%20x%0D%0AX-C") == ["v"])
        #expect(bench.upstreamHeader("Transfer-Encoding") == [])
        #expect(bench.upstreamHeader("Content-Length") == [])
        #expect(bench.x.request.replacedPath.text == "/a%20HTTP/1.1%0D%0AX:%20y")
        #expect(bench.addedHeaders == ["X-R: a%0D%0Ab"])
    }

    @Test func `bodies`() {
        let bench = Bench(
            "POST / HTTP/1.1\nContent-Length: 3\nContent-Type: application/json", body: "old")
        _ = bench.run("kong.service.request.set_body({ a = 1 })")
        #expect(bench.x.request.replacedBody.text == #"{"a":1}"#)
        #expect(bench.value("kong.request.get_raw_body()") == #"{"a":1}"#)
        _ = bench.run(
            "kong.service.request.set_body({ b = 'x y', a = 1 }, 'application/x-www-form-urlencoded')")
        #expect(bench.x.request.replacedBody.text == "a=1&b=x%20y")
        #expect(bench.upstreamHeader("Content-Type") == ["application/x-www-form-urlencoded"])
        _ = bench.run("kong.service.request.set_body({ a = 'v' }, 'multipart/form-data; boundary=zz')")
        #expect(
            bench.x.request.replacedBody.text
                == "--zz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nv\r\n--zz--\r\n")
        _ = bench.run("kong.service.request.set_raw_body('raw')")
        #expect(bench.x.request.replacedBody.text == "raw")
    }

    @Test func `another upstream`() {
        let bench = Bench()
        _ = bench.run(
            "kong.service.set_target('10.0.0.7', 81); kong.service.request.set_scheme('https')")
        #expect(bench.x.request.upstream?.host == "10.0.0.7")
        #expect(bench.x.request.upstream?.port == 81)
        #expect(bench.x.request.upstream?.usesTLS == true)
        #expect(bench.upstreamHeader("Host") == ["10.0.0.7"])
        #expect(bench.value("kong.service.set_upstream('known')") == "true")
        #expect(bench.x.request.upstream?.host == "known")
        #expect(
            bench.value("select(2, kong.service.set_upstream('none'))")
                == "could not find an Upstream named 'none'")
    }

    @Test func `headers for the client`() {
        let bench = Bench()
        _ = bench.run(
            """
            kong.response.set_header('X-A', 'v'); kong.response.set_headers({ ['X-L'] = { 'p', 'q' } })
            ngx.header.x_b = 1; ngx.header['X-Gone'] = 'x'; kong.response.clear_header('X-Gone')
            """)
        #expect(bench.addedHeaders.sorted() == ["X-A: v", "X-L: p", "X-L: q", "x-b: 1"])
        #expect(bench.value("ngx.header.x_a") == "v")
        #expect(bench.value("ngx.header['X-L'][2]") == "q")
        #expect(bench.value("ngx.resp.get_headers()['x-b']") == "1")
    }

    @Test func `answers`() {
        let plain = Bench()
        let answer = plain.run(
            "return kong.response.exit(200, 'text', { ['X-Made'] = 'yes', ['Content-Type'] = 'text/x' })"
        )
        .answer
        #expect(answer?.text == "text")
        #expect(answer?.fields.map { String(decoding: $0.value, as: UTF8.self) } == ["text/x"])
        #expect(plain.addedHeaders == ["X-Made: yes"])
        let json = Bench().run("kong.response.exit(403, { message = 'a/b' })").answer
        #expect(json?.status == 403)
        #expect(json?.text == #"{"message":"a\/b"}"#)
        #expect(Bench().run("kong.response.exit(204)").answer?.body == [])
        let said = Bench().run(
            "ngx.status = 418; ngx.say('tea', 1, true, nil, { 'x', { 'y' } }); ngx.exit(500)"
        ).answer
        #expect(said?.status == 418)
        #expect(said?.text == "tea1truenilxy\n")
        #expect(Bench().run("ngx.say('a'); ngx.print('b')").answer?.text == "a\nb")
        #expect(Bench().run("ngx.exit(404)").answer?.text == "page 404")
        #expect(Bench().run("ngx.status = 404; ngx.exit(200)").answer?.status == 404)
        let moved = Bench()
        #expect(moved.run("ngx.redirect('/there', 301)").answer?.status == 301)
        #expect(moved.addedHeaders.contains("Location: /there"))
        let closed = Bench()
        if case .suspend = closed.run("ngx.exit(444)") {} else { Issue.record("444 was answered") }
        #expect(closed.isCut)
    }

    @Test(arguments: [
        ("kong.service.request.set_path(1)", "path must be a string"),
        ("kong.service.request.set_path('x')", "path must start with /"),
        ("kong.service.request.set_method('FOO')", "invalid method: FOO"),
        ("kong.service.request.set_scheme('ftp')", "invalid scheme: ftp"),
        ("kong.service.request.set_query('x')", "args must be a table"),
        ("kong.service.request.set_query({ 'x' })", "arg keys must be strings"),
        ("kong.service.request.set_raw_query({})", "query must be a string"),
        (
            "kong.service.request.set_header('x')",
            "invalid header value for \"x\": got nil, expected string, number or boolean"
        ),
        ("kong.service.request.clear_header(1)", "header must be a string"),
        ("kong.service.request.set_headers('x')", "headers must be a table"),
        (
            "kong.service.request.set_headers({ a = { 1 } })",
            "invalid header value in array \"a\": got number, expected string"
        ),
        ("kong.service.request.set_body('x')", "args must be a table"),
        ("kong.service.request.set_raw_body({})", "body must be a string"),
        ("kong.service.set_target(1, 2)", "host must be a string"),
        ("kong.service.set_target('a', 1.5)", "port must be an integer"),
        (
            "kong.service.set_target('a', 70000)",
            "port must be an integer between 0 and 65535: given 70000"
        ),
        ("kong.response.set_status('x')", "code must be a number"),
        ("kong.response.set_status(99)", "code must be a number between 100 and 599"),
        ("kong.response.exit(200, 1)", "body must be a nil, string or table"),
        ("kong.response.exit(200, '', 1)", "headers must be a nil or table"),
        ("kong.response.clear_header({})", "header name must be a string"),
        ("ngx.say('x'); kong.response.set_header('a', 'b')", "headers have already been sent"),
        (
            "ngx.redirect('/x', 200)",
            "only ngx.HTTP_MOVED_TEMPORARILY, ngx.HTTP_MOVED_PERMANENTLY, ngx.HTTP_PERMANENT_REDIRECT, "
                + "ngx.HTTP_SEE_OTHER, and ngx.HTTP_TEMPORARY_REDIRECT are allowed"
        ),
    ])
    func `wrong arguments are told in Kong's words`(_ call: String, _ message: String) {
        #expect(Bench().fault(call) == message)
    }
}
