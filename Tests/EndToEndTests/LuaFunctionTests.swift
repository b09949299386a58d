// pre-function and post-function on a real node: Lua that looks at requests, changes them and answers them.

import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite("Functions in Lua")
    struct LuaFunctions {
        /// Tells what reached it.
        private static func origin() throws -> Origin {
            try Origin { socket, origin in
                while let request = try socket.request() {
                    origin.note(request)
                    let isHead = request.method == "HEAD"
                    let made = request.fields["x-made"] ?? ""
                    let text = "\(request.method) \(request.target) \(request.text)\(made)"
                    try socket.send(
                        "HTTP/1.1 200 OK\r\nContent-Length: \(text.utf8.count)\r\n\r\n" + (isHead ? "" : text))
                }
            }
        }

        private static func with(
            _ functions: [String], plugin: String = "pre-function",
            _ body: (Node, Origin, String) throws -> Void
        ) throws {
            try Node.with { node in
                let origin = try Self.origin()
                defer { origin.stop() }
                let route = try node.route("/api", to: origin.port)
                try Self.configure(node, route, functions, plugin)
                try body(node, origin, route)
            }
        }

        private static func configure(
            _ node: Node, _ route: String, _ functions: [String], _ plugin: String = "pre-function"
        ) throws {
            let made = try node.admin(
                "POST", "/plugins",
                ["name": plugin, "route": ["id": route], "config": ["functions": functions]])
            #expect(made.status == 201, "\(made.json)")
        }

        @Test func `a function changes what reaches the upstream`() throws {
            let functions = [
                """
                kong.service.request.set_path('/other'); kong.service.request.set_method('PUT')
                kong.service.request.set_query({ q = 'a b' }); kong.service.request.set_header('X-Made', 'yes')
                kong.service.request.set_raw_body('new')
                """
            ]
            try Self.with(functions) { node, origin, _ in
                let answer = try node.exchange(
                    "POST /api/x?z=1 HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\nConnection: close\r\n\r\nold",
                    method: "POST")
                #expect(answer.text == "PUT /other?q=a%20b newyes")
                #expect(origin.requests == ["PUT /other?q=a%20b HTTP/1.1"])
            }
        }

        @Test func `a request goes to another upstream, and one by another method is answered whole`()
            throws
        {
            let other = try Self.origin()
            defer { other.stop() }
            let functions = [
                "kong.service.set_target('127.0.0.1', \(other.port))",
                "local m = kong.request.get_header('X-Method'); if m then kong.service.request.set_method(m) end",
            ]
            try Self.with(functions) { node, origin, _ in
                let socket = try node.connect()
                defer { socket.close() }
                #expect(try socket.get("/api").text == "GET /api ")
                try socket.send("GET /api HTTP/1.1\r\nHost: t\r\nX-Method: HEAD\r\n\r\n")
                #expect(try socket.answer().text == "")
                try socket.send("HEAD /api HTTP/1.1\r\nHost: t\r\nX-Method: GET\r\n\r\n")
                #expect(try socket.answer(to: "HEAD").status == 200)
                #expect(try socket.get("/api").text == "GET /api ")
                #expect(other.requests.count == 4)
                #expect(origin.requests.isEmpty)
            }
        }

        @Test func `functions answer, also before authentication`() throws {
            try Self.with([
                "if kong.request.get_header('x-stop') then kong.response.exit(403, { why = 'stop' }) end"
            ]) {
                node, _, route in
                try node.admin("POST", "/plugins", ["name": "key-auth", "route": ["id": route]])
                #expect(try node.get("/api").status == 401)
                let answer = try node.exchange(
                    "GET /api HTTP/1.1\r\nHost: t\r\nX-Stop: 1\r\nConnection: close\r\n\r\n")
                #expect(answer.status == 403)
                #expect(answer.text == #"{"why":"stop"}"#)
                #expect(answer.fields["content-type"] == "application/json; charset=utf-8")
            }
        }

        @Test func `later plugins go by what a function has changed`() throws {
            let functions = [
                """
                if kong.request.get_query_arg('big') then kong.service.request.set_raw_body(('x'):rep(2000000)) end
                if kong.request.get_query_arg('flight') then kong.service.request.set_method('OPTIONS') end
                if kong.request.get_query_arg('key') then kong.service.request.set_header('apikey', 'k1') end
                """
            ]
            try Self.with(functions) { node, _, route in
                try node.admin(
                    "POST", "/plugins",
                    ["name": "key-auth", "route": ["id": route], "config": ["run_on_preflight": false]])
                try node.admin(
                    "POST", "/plugins",
                    [
                        "name": "request-size-limiting", "route": ["id": route],
                        "config": ["allowed_payload_size": 1],
                    ])
                try node.admin("POST", "/consumers", ["username": "ann"])
                try node.admin("POST", "/consumers/ann/key-auth", ["key": "k1"])
                #expect(try node.get("/api").status == 401)
                #expect(try node.get("/api?key=1").status == 200)
                #expect(try node.get("/api?flight=1").text == "OPTIONS /api?flight=1 ")
                #expect(try node.get("/api?key=1&big=1").status == 413)
            }
        }

        @Test func `post-function knows whom a plugin before it has let in`() throws {
            let who =
                "kong.response.exit(200, kong.client.get_consumer().username .. kong.client.get_credential().key)"
            try Self.with([who], plugin: "post-function") { node, _, route in
                try node.admin("POST", "/plugins", ["name": "key-auth", "route": ["id": route]])
                try node.admin("POST", "/consumers", ["username": "ann"])
                try node.admin("POST", "/consumers/ann/key-auth", ["key": "k1"])
                let answer = try node.exchange(
                    "GET /api HTTP/1.1\r\nHost: t\r\napikey: k1\r\nConnection: close\r\n\r\n")
                #expect(answer.text == "annk1")
            }
        }

        @Test func `an error is answered 500 and logged with its place, and the worker goes on`() throws {
            try Self.with(["local x = nil; x.y = 1"]) { node, _, _ in
                let before = try node.worker.pid
                let answer = try node.get("/api")
                #expect(answer.status == 500)
                #expect(answer.text == #"{"message":"An unexpected error occurred"}"#)
                #expect(
                    eventually { node.log("error.log").contains("attempt to index local 'x' (a nil value)") })
                #expect(try node.worker.pid == before)
            }
        }

        @Test
        func
            `a function that never ends or takes all memory ends with 500, and the next request is served`()
            throws
        {
            let body = """
                local what = kong.request.get_query_arg('do')
                if what == 'loop' then while true do pcall(function() while true do end end) end end
                if what == 'fill' then local t = {} while true do t[#t + 1] = ('x'):rep(1e6) .. #t end end
                if what == 'deep' then local function f() return 1 + f() end f() end
                if what == 'rest' then kong.response.exit(200, 'fine') end
                """
            try Self.with([body]) { node, _, _ in
                let before = try node.worker.pid
                for what in ["loop", "fill", "deep"] {
                    #expect(try node.get("/api?do=\(what)").status == 500, "\(what)")
                    #expect(try node.get("/api?do=rest").text == "fine")
                }
                #expect(try node.worker.pid == before)
            }
        }

        @Test func `a change of the functions counts for the next request`() throws {
            try Self.with(["kong.response.exit(200, 'one')"]) { node, _, route in
                #expect(try node.get("/api").text == "one")
                let plugins =
                    try node.admin("GET", "/routes/\(route)/plugins").json["data"] as? [[String: Any]]
                let id = try #require(plugins?.first?["id"] as? String)
                try node.admin(
                    "PATCH", "/plugins/\(id)", ["config": ["functions": ["kong.response.exit(200, 'two')"]]])
                #expect(try node.get("/api").text == "two")
            }
        }
    }
}
