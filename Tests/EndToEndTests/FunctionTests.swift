// aws-lambda and azure-functions with servers that stand where the real ones would: a hosts file gives their names to
// this machine, and nginx speaks TLS for an origin of the test's.

import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite struct Functions {
        /// Runs `body` while nginx speaks TLS on a port, and on the ports for `more`, for that origin.
        private func behindTLS(_ origin: Origin, listening more: [String] = [], _ body: (Int) throws -> Void) throws {
            defer { origin.stop() }
            let port = try LocalAddress.freePorts(1)[0]
            let pair = try KeyPair(name: "function")
            let path = NSTemporaryDirectory() + "/e2e-function-\(port)"
            defer { for suffix in ["crt", "key"] { unlink("\(path).\(suffix)") } }
            try pair.certificate.write(toFile: path + ".crt", atomically: true, encoding: .utf8)
            try pair.key.write(toFile: path + ".key", atomically: true, encoding: .utf8)
            let listeners = (["127.0.0.1:\(port) ssl"] + more).map { "listen \($0);\n" }.joined()
            let server = """
                server {
                    \(listeners)
                    ssl_certificate \(path).crt;
                    ssl_certificate_key \(path).key;
                    location / {
                        proxy_pass http://127.0.0.1:\(origin.port);
                        proxy_set_header Host $http_host;
                        proxy_http_version 1.1;
                    }
                }
                """
            try Daemon.nginx(server, port: port) { try body(port) }
        }

        /// A route without a service that calls that function.
        private func lambda(_ node: Node, _ path: String, port: Int, _ more: [String: Any] = [:]) throws {
            let route = try node.admin("POST", "/routes", ["paths": [path]])
            var config: [String: Any] = [
                "aws_key": "key", "aws_secret": "secret", "aws_region": "us-east-1", "function_name": "f",
                "port": port,
            ]
            config.merge(more) { $1 }
            let plugin: [String: Any] = ["name": "aws-lambda", "route": ["id": route.id], "config": config]
            #expect(try node.admin("POST", "/plugins", plugin).status == 201)
        }

        private static let hosts = [
            "hosts": "127.0.0.1 lambda.us-east-1.amazonaws.com\n127.91.0.1 app.functions.test\n"
        ]
        private static let settings = ["dns_hostsfile": "%/hosts"]

        @Test func `a Lambda function answers in the upstream's place`() throws {
            let origin = try Origin(answering: { request in
                let told = ["host", "x-amz-target", "authorization", "content-type"].map { request.fields[$0] ?? "" }
                let lines = [request.start] + told + [request.text]
                return Origin.ok(lines.joined(separator: "|"), "X-Amzn-RequestId: 1\r\nContent-Type: text/x\r\n")
            })
            try behindTLS(origin) { port in
                try Node.with(Self.settings, files: Self.hosts) { node in
                    try lambda(node, "/f", port: port)
                    let socket = try node.connect()
                    defer { socket.close() }
                    try socket.send("POST /f?a=1 HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n")
                    try socket.send("Content-Length: 7\r\n\r\n{\"b\":2}")
                    let answer = try socket.answer()
                    #expect(answer.status == 200)
                    let parts = answer.text.split(separator: "|").map(String.init)
                    try #require(parts.count == 6)
                    #expect(parts[0] == "POST /2015-03-31/functions/f/invocations HTTP/1.1")
                    #expect(parts[1] == "lambda.us-east-1.amazonaws.com:\(port)")
                    #expect(parts[2] == "invoke")
                    #expect(parts[3].hasPrefix("AWS4-HMAC-SHA256 Credential=key/"))
                    #expect(parts[4] == "application/x-amz-json-1.1")
                    #expect(parts[5] == #"{"a":"1","b":2}"#)
                    #expect(answer.fields["x-amzn-requestid"] == "1")
                    #expect(answer.fields["via"] == "kong/1.1.2")
                    #expect(answer.fields["server"] == "kong/1.1.2")
                    #expect(answer.fields["content-type"] == "text/x")
                    // The connection serves on, after a head alone as well.
                    try socket.send("HEAD /f HTTP/1.1\r\nHost: t\r\n\r\n")
                    #expect(try socket.answer(to: "HEAD").status == 200)
                    #expect(try socket.get("/f").text.hasSuffix("|{}"))
                }
            }
        }

        @Test func `the function may make the whole answer`() throws {
            let origin = try Origin(answering: { _ in
                Origin.ok(#"{"statusCode":418,"headers":{"X-A":"b","Content-Type":"text/plain"},"body":"tea"}"#)
            })
            try behindTLS(origin) { port in
                try Node.with(Self.settings.merging(["headers": "off"]) { $1 }, files: Self.hosts) { node in
                    try lambda(node, "/f", port: port, ["is_proxy_integration": true])
                    let answer = try node.get("/f")
                    #expect(answer.status == 418)
                    #expect(answer.text == "tea")
                    #expect(answer.fields["x-a"] == "b")
                    #expect(answer.fields["content-type"] == "text/plain; charset=UTF-8")
                    #expect(answer.fields["via"] == nil)
                }
            }
        }

        @Test func `a function out of reach, and one that takes too long, are faults of the gateway`() throws {
            let origin = try Origin(answering: { _ in
                usleep(3_000_000)
                return Origin.ok()
            })
            try behindTLS(origin) { port in
                try Node.with(Self.settings, files: Self.hosts) { node in
                    try lambda(node, "/slow", port: port, ["timeout": 300])
                    try lambda(node, "/away", port: LocalAddress.freePorts(1)[0])
                    for path in ["/slow", "/away"] {
                        let answer = try node.get(path)
                        #expect(answer.status == 500)
                        #expect(answer.text == #"{"message":"An unexpected error occurred"}"#)
                    }
                    #expect(eventually { node.log("error.log").contains("[aws-lambda] timeout") })
                }
            }
        }

        @Test func `a client that does not wait for the function harms nobody`() throws {
            let origin = try Origin(answering: { _ in
                usleep(200_000)
                return Origin.ok("late")
            })
            try behindTLS(origin) { port in
                try Node.with(Self.settings, files: Self.hosts) { node in
                    try lambda(node, "/f", port: port)
                    for _ in 0..<5 {
                        let socket = try node.connect()
                        try socket.send("GET /f HTTP/1.1\r\nHost: t\r\n\r\n")
                        socket.close()
                    }
                    #expect(try node.get("/f").text == "late")
                    #expect(node.workers.count == 1)
                }
            }
        }

        /// The functions' ports are fixed; only root may listen there.
        @Test(.enabled(if: getuid() == 0, "needs the ports 80 and 443")) func `an Azure function answers as well`()
            throws
        {
            let origin = try Origin(answering: { request in
                Origin.ok(
                    [
                        request.start, request.fields["host"] ?? "", request.fields["x-functions-key"] ?? "",
                        request.text,
                    ]
                    .joined(separator: "|"))
            })
            try behindTLS(origin, listening: ["127.91.0.1:80", "127.91.0.1:443 ssl"]) { _ in
                try Node.with(Self.settings, files: Self.hosts) { node in
                    for (path, isTLS) in [("/plain", false), ("/tls", true)] {
                        let route = try node.route(path, to: 1, ["path": "/base"], ["strip_path": true])
                        let config: [String: Any] = [
                            "appname": "app", "hostdomain": "functions.test", "functionname": "fn", "apikey": "K",
                            "https": isTLS,
                        ]
                        let plugin: [String: Any] = [
                            "name": "azure-functions", "route": ["id": route], "config": config,
                        ]
                        #expect(try node.admin("POST", "/plugins", plugin).status == 201)
                        let answer = try node.exchange(
                            "PUT \(path)/x?a=%20b HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\nhi")
                        #expect(answer.status == 200)
                        #expect(answer.text == "PUT /api/fn/base/x?a=%20b HTTP/1.1|app.functions.test|K|hi")
                        #expect(answer.fields["via"] == "kong/1.1.2")
                    }
                }
            }
        }
    }
}
