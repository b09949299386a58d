// gRPC as grpcio speaks it on both sides (Tests/GRPC), through services and routes of the protocols grpc and grpcs.

import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite("gRPC")
    struct GRPC {
        /// The ports of a gRPC server, without TLS and with it.
        private struct Ports {
            let plain: Int
            let tls: Int
        }

        /// A gRPC server and a node with listeners for its clients, which show the certificate in `ca`.
        private func with(_ body: (Node, Ports, _ ca: String) throws -> Void) throws {
            let pair = try KeyPair(name: "localhost")
            let listen = [
                "proxy_listen": "127.0.0.1:{proxy} http2, 127.0.0.1:{tls} http2 ssl", "ssl_cert": "%/cert.pem",
                "ssl_cert_key": "%/key.pem",
            ]
            let files = ["cert.pem": pair.certificate, "key.pem": pair.key]
            try Node.with(listen, files: files) { node throws in
                let certificate = node.prefix + "/cert.pem"
                try Python.serving("GRPC/server.py", [certificate, node.prefix + "/key.pem"]) { line throws in
                    let numbers = line.split(separator: " ").compactMap { Int($0) }
                    guard numbers.count == 2 else { throw SocketFault("the server says: \(line)") }
                    try body(node, Ports(plain: numbers[0], tls: numbers[1]), certificate)
                }
            }
        }

        /// What the client expects: a service that is there, one that the gateway refuses, one that is gone.
        private func configure(_ node: Node, _ name: String, _ port: Int) throws {
            let route: [String: Any] = ["protocols": ["grpc", "grpcs"], "strip_path": NSNull()]
            try node.route("/test.Service", to: port, ["protocol": name], route)
            let refused = try node.route("/test.Refused", to: port, ["protocol": name], route)
            let plugin: [String: Any] = [
                "name": "request-termination", "config": ["status_code": 403, "message": "no entry"],
            ]
            #expect(try node.admin("POST", "/routes/\(refused)/plugins", plugin).status == 201)
            let gone = try LocalAddress.freePorts(1)[0]
            try node.route("/test.Gone", to: gone, ["protocol": name, "retries": 0], route)
        }

        @Test(arguments: ["grpc", "grpcs"])
        func `all kinds of calls, errors and deadlines, from clients with TLS and without`(name: String) throws {
            try with { node, ports, certificate throws in
                try configure(node, name, name == "grpc" ? ports.plain : ports.tls)
                for arguments in [["\(node.proxyPort)"], ["--ca", certificate, "\(node.tlsPort)"]] {
                    let run = try Python.run("GRPC/client.py", arguments)
                    #expect(run.output.contains(" passed, 0 failed\n"), "\(run.output)")
                }
                let line = "\"POST /test.Refused/Echo HTTP/2.0\" 403 0 "
                #expect(eventually { node.log("access.log").contains(line) })
            }
        }

        @Test(arguments: ["latency", "least-connections"])
        func `all kinds of calls to an upstream of which one target is gone`(algorithm: String) throws {
            try with { node, ports, _ throws in
                try configure(node, "grpc", ports.plain)
                let tag = "gibbon.algorithm.\(algorithm)"
                #expect(try node.admin("POST", "/upstreams", ["name": "pool", "tags": [tag]]).status == 201)
                for port in [ports.plain, try LocalAddress.freePorts(1)[0]] {
                    try node.admin("POST", "/upstreams/pool/targets", ["target": "127.0.0.1:\(port)"])
                }
                let services = try node.admin("GET", "/services").json["data"] as? [[String: Any]] ?? []
                for service in services where service["port"] as? Int == ports.plain {
                    let id = service["id"] as? String ?? ""
                    #expect(try node.admin("PATCH", "/services/\(id)", ["host": "pool"]).status == 200)
                }
                let run = try Python.run("GRPC/client.py", ["\(node.proxyPort)"])
                #expect(run.output.contains(" passed, 0 failed\n"), "\(run.output)")
            }
        }

        @Test func `reloads under load fail no call`() throws {
            try with { node, ports, _ throws in
                try configure(node, "grpc", ports.plain)
                let output = try Python.loading("GRPC/load.py", port: node.proxyPort) { try node.reloadThrice() }
                #expect(output.contains(" answered, 0 failed\n"), "\(output)")
            }
        }

        @Test func `a call that no route takes and one of another protocol are answered each in its own way`() throws {
            try with { node, ports, _ throws in
                try configure(node, "grpc", ports.plain)
                let url = "http://127.0.0.1:\(node.proxyPort)/none"
                let arguments = ["-si", "--http2-prior-knowledge", "-X", "POST", url, "-H"]
                for type in ["application/grpc", "application/grpc+proto"] {
                    let call = try Command.run("curl", arguments + ["Content-Type: \(type)"]).output
                    #expect(call.hasPrefix("HTTP/2 404 "))
                    #expect(call.contains("\r\ncontent-type: application/grpc\r\n"))
                    #expect(call.contains("\r\ngrpc-status: 5\r\n"))
                    #expect(call.contains("\r\ngrpc-message: no Route matched with those values\r\n"))
                    #expect(call.hasSuffix("\r\n\r\n"))
                }
                for type in ["application/grpc-web", "text/plain"] {
                    let other = try Command.run("curl", arguments + ["Content-Type: \(type)"]).output
                    #expect(other.hasSuffix("{\"message\":\"no Route matched with those values\"}"))
                    #expect(!other.contains("grpc-status"))
                }
            }
        }
    }
}
