// kong.request, kong.client, ngx.req and ngx.var: what functions can learn.

import Lua
import NIOCore
import PluginKit
import Schema
import Testing

@Suite struct RequestFunctionTests {
    @Test(arguments: [
        ("kong.request.get_scheme()", "http"), ("kong.request.get_host()", "a.test"),
        ("kong.request.get_port()", "8000"), ("kong.request.get_forwarded_scheme()", "http"),
        ("kong.request.get_forwarded_host()", "a.test"), ("kong.request.get_forwarded_port()", "8000"),
        ("kong.request.get_http_version()", "1.1"), ("kong.request.get_method()", "GET"),
        ("kong.request.get_path()", "/a/b"),
        ("kong.request.get_path_with_query()", "/a/b?x=1&y=2&y&z=a%20b"),
        ("kong.request.get_raw_query()", "x=1&y=2&y&z=a%20b"), ("kong.request.get_query_arg('x')", "1"),
        ("kong.request.get_query_arg('y')", "2"), ("kong.request.get_query_arg('z')", "a b"),
        ("kong.request.get_query_arg('none')", "nil"), ("kong.request.get_query().y[2]", "true"),
        ("kong.request.get_query(1).y", "nil"), ("kong.request.get_header('X-In')", "one"),
        ("kong.request.get_header('x_in')", "one"), ("kong.request.get_headers()['host']", "a.test"),
        ("kong.request.get_headers().X_In", "one"), ("kong.request.get_raw_body()", ""),
        ("select(2, kong.request.get_body())", "missing content type"),
        ("kong.client.get_ip()", "10.0.0.9"), ("kong.client.get_forwarded_ip()", "10.0.0.1"),
        ("kong.client.get_port()", "4242"), ("kong.client.get_forwarded_port()", "4242"),
        ("kong.client.get_consumer()", "nil"), ("kong.client.get_credential()", "nil"),
        ("select(2, kong.client.get_protocol())", "No active route found"),
        ("kong.ip.is_trusted('10.0.0.9')", "true"), ("kong.ip.is_trusted('1.1.1.1')", "false"),
        ("kong.nginx.get_subsystem()", "http"), ("#kong.node.get_id()", "36"),
        ("kong.version", "1.1.2"),
        ("kong.version_num", "1001002"), ("kong.pdk_version", "1.1.0"), ("ngx.var.arg_z", "a%20b"),
        ("ngx.var.http_x_in", "one"), ("ngx.var.cookie_sid", "xyz"), ("ngx.var.cookie_none", "nil"),
        ("ngx.var.request_method", "GET"), ("ngx.var.args", "x=1&y=2&y&z=a%20b"),
        ("ngx.var.is_args", "?"),
        ("ngx.var.nothing", "nil"), ("ngx.var.uri", "/a/b"), ("ngx.var.upstream_uri", "/base/b"),
        ("ngx.req.get_method()", "GET"), ("ngx.req.http_version()", "1.1"),
        ("ngx.req.get_headers(1).cookie", "nil"),
        ("ngx.req.get_headers(0, true)['X-In']", "one"), ("ngx.req.get_uri_args().x", "1"),
        ("ngx.req.raw_header(true):sub(1, 9)", "X-In: one"), ("ngx.req.raw_header():sub(1, 3)", "GET"),
        ("ngx.req.is_internal()", "false"), ("ngx.get_phase()", "access"), ("ngx.worker.pid()", "4711"),
        ("ngx.worker.count()", "2"), ("ngx.now()", "1500000000.123"), ("ngx.time()", "1500000000"),
        ("ngx.headers_sent", "false"), ("ngx.status", "0"), ("ngx.null", "userdata: NULL"),
    ])
    func `what there is to know`(_ expression: String, _ expected: String) {
        #expect(Bench().value(expression) == expected, "\(expression)")
    }

    @Test func `bodies by their types`() {
        let form = Bench(
            "POST / HTTP/1.1\nContent-Length: 9\nContent-Type: application/x-www-form-urlencoded",
            body: "a=1&b=x+y")
        #expect(form.value("kong.request.get_raw_body()") == "a=1&b=x+y")
        #expect(form.value("kong.request.get_body().b") == "x y")
        #expect(form.value("ngx.req.get_post_args().a") == "1")
        let json = Bench(
            "POST / HTTP/1.1\nContent-Length: 9\nContent-Type: application/json; charset=utf-8",
            body: #"{"a":[1]}"#)
        #expect(json.value("kong.request.get_body().a[1]") == "1")
        #expect(json.value("select(3, kong.request.get_body())") == "application/json")
        #expect(
            json.value("select(2, kong.request.get_body('text/x'))")
                == "unsupported content type 'text/x'")
        let multipart = Bench(
            "POST / HTTP/1.1\nContent-Length: 9\nContent-Type: multipart/form-data; boundary=zz",
            body: "--zz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nv 1\r\n--zz--\r\n")
        #expect(multipart.value("kong.request.get_body().a") == "v 1")
    }

    @Test func `a body that is too large or was not read is told apart from none`() {
        let large = Bench("POST / HTTP/1.1\nContent-Length: 9")
        large.x.request.body = .tooLarge
        #expect(
            large.value("select(2, kong.request.get_raw_body())")
                == "request body did not fit into client body buffer, consider raising 'client_body_buffer_size'"
        )
        let unread = Bench("POST / HTTP/1.1\nContent-Length: 9")
        #expect(
            unread.value("kong.request['get_raw_' .. 'bo' .. 'dy']()").contains("has not been read"))
    }

    @Test func `the route, the service and who the client is`() {
        let bench = Bench()
        bench.x.route = RouteInfo(
            id: [], name: nil, row: ["name": "r", "protocols": ["http"], "hosts": .null])
        bench.x.service = ServiceInfo(id: [], name: nil, row: ["name": "s"])
        #expect(bench.value("kong.router.get_route().name") == "r")
        #expect(bench.value("kong.router.get_route().hosts") == "nil")
        #expect(bench.value("kong.router.get_service().name") == "s")
        #expect(bench.value("kong.client.get_protocol()") == "http")
        #expect(
            bench.run(
                "kong.client.authenticate({ id = 'c1', username = 'bob' }, { id = 'k1', key = 'x' })"
            ).isNext)
        #expect(bench.x.consumer?.username.text == "bob")
        #expect(bench.x.credential?.row["key"] == "x")
        #expect(bench.value("kong.client.get_consumer().username") == "bob")
    }

    @Test(arguments: [
        ("kong.request.get_header(1)", "header name must be a string"),
        ("kong.request.get_query_arg()", "query argument name must be a string"),
        ("kong.request.get_query('x')", "max_args must be a number"),
        ("kong.request.get_query(0)", "max_args must be >= 1"),
        ("kong.request.get_headers(1001)", "max_headers must be <= 1000"),
        ("kong.client.authenticate(1)", "consumer must be a table or nil"),
        ("kong.client.authenticate({}, 1)", "credential must be a table or nil"),
        ("kong.client.authenticate()", "either credential or consumer must be provided"),
        (
            "kong.response.get_status()",
            "function cannot be called in access phase (only in: header_filter, body_filter, log)"
        ),
        (
            "kong.service.response.get_header('x')",
            "function cannot be called in access phase (only in: header_filter, body_filter, log)"
        ),
        ("ngx.var.uri = 'x'", "variable \"uri\" not changeable"),
    ])
    func `wrong arguments are told in Kong's words`(_ call: String, _ message: String) {
        #expect(Bench().fault(call) == message)
    }
}
