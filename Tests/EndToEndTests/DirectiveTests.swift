// Injected directives that bound connections and answers: what nginx does with them happens here.

import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite("Directives at work")
    struct DirectivesAtWork {
        private static func origin() throws -> Origin {
            try Origin(answering: { _ in Origin.ok() })
        }

        @Test func `a connection ends with the last request that keepalive_requests allows`() throws {
            let settings = ["nginx_proxy_keepalive_requests": "3"]
            try Node.with(origin: Self.origin(), settings) { node throws in
                let socket = try node.connect()
                #expect(try socket.get("/").closes == false)
                #expect(try socket.get("/").closes == false)
                #expect(try socket.get("/").closes)
                #expect(socket.isClosedByPeer(within: 8))
                // Who asks on without waiting gets the answers that are due, and not the others.
                let eager = try node.connect()
                try eager.send(String(repeating: "GET / HTTP/1.1\r\nHost: t\r\n\r\n", count: 5))
                for closes in [false, false, true] { #expect(try eager.answer().closes == closes) }
                #expect(try eager.rest() == [])
            }
        }

        @Test func `without chunks the end of the connection ends an answer of unknown length`() throws {
            let origin = try Origin(answering: { _ in
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
            })
            let settings = ["nginx_http_chunked_transfer_encoding": "off"]
            try Node.with(origin: origin, settings) { node throws in
                let socket = try node.connect()
                let answer = try socket.get("/")
                #expect(answer.text == "hello" && answer.closes)
                #expect(answer.fields["transfer-encoding"] == nil)
                #expect(socket.isClosedByPeer(within: 8))
            }
        }

        @Test func `headers are added to answers, and those of the upstream hidden`() throws {
            let origin = try Origin(answering: { request in
                let answer = Origin.ok("ok", "X-Powered-By: me\r\nX-Other: it\r\nETag: \"a\"\r\n")
                return request.target == "/bad" ? answer.replacingOccurrences(of: "200 OK", with: "500 X") : answer
            })
            let settings = [
                "nginx_http_add_header": "X-Lost 1", "nginx_http_proxy_hide_header": "x-powered-by",
                "nginx_proxy_add_header":
                    "X-A \"from $remote_addr\" always; add_header X-B b; add_header X-None $arg_x; add_header ETag b",
            ]
            try Node.with(origin: origin, settings) { node throws in
                let good = try node.get("/").fields
                #expect(good["x-a"] == "from 127.0.0.1" && good["x-b"] == "b" && good["etag"] == "b")
                #expect(good["x-other"] == "it")
                for name in ["x-lost", "x-none", "x-powered-by"] { #expect(good[name] == nil, "\(name)") }
                let bad = try node.get("/bad").fields
                #expect(bad["x-a"] == "from 127.0.0.1" && bad["x-b"] == nil)
                #expect(try node.get("/?x=1").fields["x-none"] == "1")
            }
        }

        @Test(arguments: [("16k", 502), ("100k", 200)])
        func `an answer's head may be as long as proxy_buffer_size says`(size: String, status: Int) throws {
            let origin = try Origin(answering: { _ in
                Origin.ok("ok", "X-Long: \(String(repeating: "x", count: 50_000))\r\n")
            })
            try Node.with(origin: origin, ["nginx_proxy_proxy_buffer_size": size]) { node throws in
                #expect(try node.get("/").status == status)
            }
        }

        @Test func `keepalive_timeout 0 keeps no connection`() throws {
            try Node.with(origin: Self.origin(), ["nginx_proxy_keepalive_timeout": "0"]) { node throws in
                let socket = try node.connect()
                #expect(try socket.get("/").closes)
                #expect(socket.isClosedByPeer(within: 8))
            }
        }

        @Test func `a worker that ends waits no longer than worker_shutdown_timeout`() throws {
            let origin = try Origin { socket, origin in
                guard let request = try socket.request() else { return }
                origin.note(request)
                while try !socket.some().isEmpty {}
            }
            let settings = ["nginx_http_worker_shutdown_timeout": "500ms"]
            try Node.with(origin: origin, settings) { node throws in
                let worker = try node.worker
                let waiting = try node.connect()
                try waiting.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
                #expect(eventually(within: 10) { origin.requests.count == 1 })
                node.signal(SIGQUIT)
                #expect(waiting.isClosedByPeer(within: 8))
                #expect(eventually(within: 10) { !worker.isAlive })
            }
        }
    }
}
