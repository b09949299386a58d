// Access logs in a format of one's own, as nginx's log_format declares it.

import Foundation
import Testing

extension EndToEnd {
    @Suite("Access formats")
    struct AccessFormats {
        private static let everything = [
            "remote_addr", "remote_user", "request", "request_method", "request_uri", "uri", "args", "is_args",
            "server_protocol", "status", "body_bytes_sent", "bytes_sent", "request_length", "request_time",
            "request_id", "host", "hostname", "server_addr", "server_port", "scheme", "https", "connection",
            "connection_requests", "pid", "content_type", "content_length", "msec", "time_local", "time_iso8601",
            "http_user_agent", "http_x_forwarded_for", "http_x_none", "sent_http_content_type", "sent_http_x_by",
            "upstream_http_x_by", "upstream_addr", "upstream_status", "upstream_connect_time",
            "upstream_header_time", "upstream_response_time", "arg_b", "cookie_id",
        ]

        /// The objects in a log, when there are that many.
        private static func entries(_ node: Node, _ count: Int) throws -> [[String: String]] {
            var lines: [Substring] = []
            let areThere = eventually(within: 10) {
                lines = node.log("access.log").split(separator: "\n")
                return lines.count >= count
            }
            #expect(areThere)
            return try lines.map { line in
                let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
                return try #require(object as? [String: String])
            }
        }

        @Test func `a line has the values of every variable, escaped for JSON`() throws {
            let format = "{" + Self.everything.map { "\"\($0)\":\"$\($0)\"" }.joined(separator: ",") + "}"
            let settings = [
                "nginx_http_log_format": "mine escape=json '\(format)'", "proxy_access_log": "logs/access.log mine",
            ]
            let origin = try Origin(answering: { request in
                if request.method == "POST" { return Origin.ok("\(request.bodyCount)") }
                return Origin.ok("hello", "X-By: me\r\nContent-Type: text/css\r\n")
            })
            try Node.with(origin: origin, settings) { node throws in
                let socket = try node.connect()
                try socket.send(
                    "GET /a%20b/c?a=1&b=two%20x HTTP/1.1\r\nHost: Test.example:80\r\nUser-Agent: say \"hi\"\\\r\n"
                        + "Cookie: x=y; id=42\r\nX-Forwarded-For: 1.2.3.4\r\nX-Forwarded-For: 5.6.7.8\r\n"
                        + "Authorization: Basic bWU6c2VjcmV0\r\n\r\n")
                #expect(try socket.answer().text == "hello")
                try socket.send("POST /none HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nabc")
                #expect(try socket.answer().text == "3")
                let entries = try Self.entries(node, 2)
                let (first, second) = (entries[0], entries[1])
                let expected = [
                    "remote_addr": "127.0.0.1", "remote_user": "me", "request_method": "GET",
                    "request": "GET /a%20b/c?a=1&b=two%20x HTTP/1.1", "request_uri": "/a%20b/c?a=1&b=two%20x",
                    "uri": "/a b/c", "args": "a=1&b=two%20x", "is_args": "?", "server_protocol": "HTTP/1.1",
                    "status": "200", "body_bytes_sent": "5", "host": "test.example", "server_addr": "127.0.0.1",
                    "server_port": "\(node.proxyPort)", "scheme": "http", "https": "", "connection_requests": "1",
                    "http_user_agent": "say \"hi\"\\", "http_x_forwarded_for": "1.2.3.4, 5.6.7.8", "http_x_none": "",
                    "sent_http_content_type": "text/css", "sent_http_x_by": "me", "upstream_http_x_by": "me",
                    "upstream_addr": "127.0.0.1:\(origin.port)", "upstream_status": "200", "arg_b": "two%20x",
                    "cookie_id": "42", "pid": "\(try node.worker.pid)", "content_length": "",
                ]
                for (name, value) in expected { #expect(first[name] == value, "\(name)") }
                for name in ["request_time", "upstream_response_time", "upstream_header_time", "msec"] {
                    #expect(first[name].flatMap(Double.init) != nil, "\(name)")
                }
                #expect(first["request_id"]?.count == 32)
                #expect(second["connection_requests"] == "2")
                #expect(second["content_length"] == "3")
                #expect(second["connection"] == first["connection"])
            }
        }

        @Test func `what was tried is told one after the other`() throws {
            let settings = [
                "nginx_http_log_format": "tries '$status $upstream_addr|$upstream_status|$http_x_none'",
                "proxy_access_log": "logs/access.log tries",
            ]
            let origin = try Origin { socket, origin in
                guard let request = try socket.request(), request.target == "/third", origin.accepted >= 3 else {
                    return
                }
                try socket.send(Origin.ok())
            }
            try Node.with(origin: origin, settings) { node throws in
                #expect(try node.get("/third").status == 200)
                let address = "127.0.0.1:\(origin.port)"
                let line = "200 \(address), \(address), \(address)|502, 502, 200|-"
                #expect(eventually(within: 10) { node.log("access.log").contains(line) }, "\(node.log("access.log"))")
                #expect(try node.admin("DELETE", "/routes/none").status < 500)
                #expect(!node.log("admin_access.log").contains("|"))
            }
        }

        @Test(arguments: [
            (["nginx_http_log_format": "mine '$nothing'"], "unknown \"nothing\" variable in nginx_http_log_format"),
            (["proxy_access_log": "logs/access.log mine"], "unknown log format \"mine\" in proxy_access_log"),
        ])
        func `a format that is none is refused at the start`(settings: [String: String], fault: String) {
            let failure = #expect(throws: SocketFault.self) { try Node.with(settings) { _ in } }
            #expect(failure?.description.contains(fault) == true, "\(failure?.description ?? "")")
        }
    }
}
