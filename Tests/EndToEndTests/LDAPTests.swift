// ldap-auth with a real OpenLDAP server.

import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite(.enabled(if: DirectoryServer.isInstalled, "slapd is not installed")) struct LDAP {
        /// A node with ldap-auth on every route, and the server that it asks.
        private func with(
            _ more: [String: Any] = [:], _ settings: [String: String] = [:],
            _ body: (Node, DirectoryServer) throws -> Void
        ) throws {
            try DirectoryServer.with { server in
                let origin = try Origin(answering: { request in
                    Origin.ok("\(request.fields["x-credential-username"] ?? "nobody")")
                })
                let filled = settings.mapValues { $0.replacingOccurrences(of: "{cert}", with: server.certificate) }
                try Node.with(origin: origin, filled) { node in
                    var config: [String: Any] = [
                        "ldap_host": "localhost", "ldap_port": server.port, "base_dn": DirectoryServer.base,
                        "attribute": "uid", "timeout": 5000,
                    ]
                    config.merge(more) { $1 }
                    #expect(try node.admin("POST", "/plugins", ["name": "ldap-auth", "config": config]).status == 201)
                    try body(node, server)
                }
            }
        }

        private func ask(_ node: Node, _ credentials: String, scheme: String = "ldap") throws -> Message {
            let encoded = Data(credentials.utf8).base64EncodedString()
            return try node.exchange(
                "GET / HTTP/1.1\r\nHost: t\r\nAuthorization: \(scheme) \(encoded)\r\nConnection: close\r\n\r\n")
        }

        @Test func `whom the server knows passes, and its name goes upstream`() throws {
            try with { node, _ throws in
                let answer = try ask(node, "einstein:e=mc2")
                #expect(answer.status == 200)
                #expect(answer.text == "einstein")
                #expect(try ask(node, "curie, marie:radium").text == "curie, marie")
                for wrong in ["einstein:wrong", "einstein:", "nobody:e=mc2", "einstein,ou=x:e=mc2", "*:e=mc2"] {
                    #expect(try ask(node, wrong).status == 401, "\(wrong)")
                }
                let bare = try node.get("/")
                #expect(bare.status == 401)
                #expect(bare.fields["www-authenticate"] == #"LDAP realm="kong""#)
            }
        }

        @Test(arguments: [false, true]) func `connections are kept and survive a restart of the server`(
            _ startsTLS: Bool
        ) throws {
            try with(["cache_ttl": 0, "start_tls": startsTLS]) { node, server throws in
                for _ in 0..<5 { #expect(try ask(node, "einstein:e=mc2").status == 200) }
                #expect(try server.connections == 1)
                server.stop()
                try server.start()
                #expect(try ask(node, "einstein:e=mc2").status == 200)
                #expect(try ask(node, "einstein:wrong").status == 401)
                #expect(try server.connections == 1)
            }
        }

        @Test func `a connection that ends instead of an answer is replaced`() throws {
            try with(["cache_ttl": 0]) { node, server throws in
                let port = server.port
                // In front of the server: the first connection gets one answer, and ends at the next question.
                let front = try Origin { socket, front in
                    let behind = try Socket.connect(port: port)
                    defer { behind.close() }
                    let isFirst = front.accepted == 1
                    while case let question = try socket.some(), !question.isEmpty {
                        try behind.send(question)
                        try socket.send(try behind.some())
                        if isFirst {
                            _ = try socket.some()
                            return
                        }
                    }
                }
                defer { front.stop() }
                let plugins = try node.admin("GET", "/plugins").json["data"] as? [[String: Any]]
                let id = try #require(plugins?.first?["id"] as? String)
                let change = ["config": ["ldap_port": front.port, "ldap_host": "127.0.0.1"]]
                #expect(try node.admin("PATCH", "/plugins/\(id)", change).status == 200)
                for _ in 0..<3 { #expect(try ask(node, "einstein:e=mc2").status == 200) }
                #expect(front.accepted == 2)
            }
        }

        @Test func `a verdict is remembered while the server is away`() throws {
            try with(["cache_ttl": 60]) { node, server throws in
                #expect(try ask(node, "einstein:e=mc2").status == 200)
                #expect(try ask(node, "einstein:wrong").status == 401)
                server.stop()
                #expect(try ask(node, "einstein:e=mc2").status == 200)
                #expect(try ask(node, "einstein:wrong").status == 401)
                let away = try ask(node, "einstein:other")
                #expect(away.status == 500)
                #expect(away.text == #"{"message":"An unexpected error occurred"}"#)
                #expect(eventually { node.log("error.log").contains("[ldap-auth] failed to ask localhost:") })
                try server.start()
                #expect(try ask(node, "einstein:other").status == 401)
            }
        }

        @Test func `a server that says nothing is not waited for longer than the timeout`() throws {
            try with(["timeout": 300]) { node, server throws in
                server.freeze()
                defer { server.thaw() }
                #expect(try ask(node, "einstein:e=mc2").status == 500)
                #expect(eventually { node.log("error.log").contains("timeout") })
            }
        }

        @Test func `a certificate that must be trusted is looked at`() throws {
            let trusting = ["lua_ssl_trusted_certificate": "{cert}"]
            let verifying: [String: Any] = ["start_tls": true, "verify_ldap_host": true, "cache_ttl": 0]
            try with(verifying, trusting) { node, _ throws in
                #expect(try ask(node, "einstein:e=mc2").status == 200)
                #expect(try ask(node, "einstein:wrong").status == 401)
            }
            try with(verifying) { node, _ throws in #expect(try ask(node, "einstein:e=mc2").status == 500) }
            // The certificate is for a name, not for this address.
            try with(verifying.merging(["ldap_host": "127.0.0.1"]) { $1 }, trusting) { node, _ throws in
                #expect(try ask(node, "einstein:e=mc2").status == 500)
            }
        }

        @Test func `many guesses at once share few connections`() throws {
            try with(["cache_ttl": 0]) { node, server throws in
                let sockets = try (0..<100).map { _ in try node.connect() }
                defer { for socket in sockets { socket.close() } }
                for (number, socket) in sockets.enumerated() {
                    let encoded = Data("einstein:\(number)".utf8).base64EncodedString()
                    try socket.send("GET / HTTP/1.1\r\nHost: t\r\nAuthorization: ldap \(encoded)\r\n\r\n")
                }
                for socket in sockets { #expect(try socket.answer().status == 401) }
                #expect(try server.connections <= 32)
            }
        }
    }
}
