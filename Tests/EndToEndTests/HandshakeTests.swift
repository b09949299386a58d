// TLS handshakes with clients, as openssl sees them, and with upstreams.

import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite("TLS handshakes")
    struct Handshakes {
        /// What openssl says of a connection on which it sends that request.
        private func client(_ port: Int, _ options: String, path: String = "/") throws -> String {
            let request = "printf 'GET \(path) HTTP/1.1\\r\\nHost: t\\r\\nConnection: close\\r\\n\\r\\n'; sleep 0.3"
            let script = "(\(request)) | openssl s_client -connect 127.0.0.1:\(port) \(options) 2>&1"
            return try Command.run("sh", ["-c", script]).output
        }

        /// The name on the certificate that is shown to who asks for that name.
        private func shown(_ node: Node, for name: String?) throws -> String {
            let option = name.map { "-servername \($0)" } ?? "-noservername"
            let output = try client(node.tlsPort, option)
            let line = output.split(separator: "\n").first { $0.hasPrefix("subject=") } ?? ""
            return line.split(separator: " ").last.map(String.init) ?? output
        }

        @Test func `changes to certificates and names are in force at once`() throws {
            try Node.with { node throws in
                #expect(try shown(node, for: "one.test") == "localhost")
                let made = try node.admin(
                    "POST", "/certificates",
                    KeyPair(name: "first").body.merging(["snis": ["one.test", "*.wild.test"]]) { $1 })
                #expect(made.status == 201)
                #expect(try shown(node, for: "one.test") == "first")
                #expect(try shown(node, for: "ONE.TEST") == "first")
                #expect(try shown(node, for: "a.wild.test") == "first")
                #expect(try shown(node, for: "a.b.wild.test") == "localhost")
                #expect(try shown(node, for: nil) == "localhost")
                try node.admin("PATCH", "/certificates/\(made.id)", KeyPair(name: "second", .rsa).body)
                #expect(try shown(node, for: "one.test") == "second")
                try node.admin("DELETE", "/snis/one.test")
                #expect(try shown(node, for: "one.test") == "localhost")
                #expect(try shown(node, for: "a.wild.test") == "second")
            }
        }

        @Test func `a certificate is refused without its own key`() throws {
            try Node.with { node throws in
                let (one, other) = (try KeyPair(name: "one"), try KeyPair(name: "other", .rsa))
                let mixed = try node.admin("POST", "/certificates", ["cert": one.certificate, "key": other.key])
                #expect(mixed.status == 400)
                #expect(mixed.json["message"] as? String == "schema violation (certificate does not match key)")
                let broken = try node.admin(
                    "POST", "/certificates", ["cert": one.certificate.replacing("MII", with: "!!!"), "key": one.key])
                let fields = broken.json["fields"] as? [String: String]
                #expect(broken.status == 400)
                #expect(fields?["cert"]?.hasPrefix("invalid certificate: ") == true)
            }
        }

        @Test(arguments: ["-tls1_2", "-tls1_2 -no_ticket", "-tls1_3"])
        func `a session is resumed`(version: String) throws {
            try Node.with { node throws in
                let session = node.prefix + "/session"
                let first = try client(node.tlsPort, "\(version) -alpn h2,http/1.1 -sess_out \(session)")
                #expect(first.contains("\nNew, "))
                #expect(first.contains("\nALPN protocol: http/1.1"))
                #expect(try client(node.tlsPort, "\(version) -sess_in \(session)").contains("\nReused, "))
            }
        }

        @Test func `the suite decides on versions and ciphers`() throws {
            let first = [
                "modern": "ECDHE-ECDSA-AES256-GCM-SHA384", "intermediate": "ECDHE-ECDSA-CHACHA20-POLY1305",
            ]
            for (suite, cipher) in first {
                try Node.with(["ssl_cipher_suite": suite]) { node throws in
                    #expect(try client(node.tlsPort, "-tls1_2").contains(cipher))
                    let weak = "-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA"
                    #expect(try client(node.tlsPort, weak).contains("Cipher is (NONE)"))
                    #expect(try client(node.tlsPort, "-tls1_1 -cipher ALL@SECLEVEL=0").contains("Cipher is (NONE)"))
                }
            }
            try Node.with(["ssl_cipher_suite": "old"]) { node throws in
                #expect(try client(node.tlsPort, "-tls1_1 -cipher ALL@SECLEVEL=0").contains("New, "))
            }
            let custom = ["ssl_cipher_suite": "custom", "ssl_ciphers": "ECDHE-ECDSA-AES128-SHA:RC4-MD5"]
            try Node.with(custom) { node throws in
                #expect(try client(node.tlsPort, "-tls1_2").contains("ECDHE-ECDSA-AES128-SHA"))
            }
        }

        @Test func `an https upstream is shown the certificate of client_ssl`() throws {
            let (own, shown) = (try KeyPair(name: "origin"), try KeyPair(name: "gateway"))
            let files = [
                "origin.crt": own.certificate, "origin.key": own.key, "client.crt": shown.certificate,
                "client.key": shown.key,
            ]
            let settings = [
                "client_ssl": "on", "client_ssl_cert": "%/client.crt", "client_ssl_cert_key": "%/client.key",
            ]
            try Node.with(settings, files: files) { node throws in
                let port = try #require(try LocalAddress.freePorts(1).first)
                let path = node.prefix + "/origin"
                let server = try Command.start(
                    "openssl",
                    [
                        "s_server", "-accept", "127.0.0.1:\(port)", "-cert", path + ".crt", "-key", path + ".key",
                        "-Verify", "1", "-www",
                    ])
                defer {
                    kill(server, SIGKILL)
                    waitpid(server, nil, 0)
                }
                try node.route("/", to: port, ["protocol": "https", "host": "localhost"])
                var answer = Message(start: "")
                #expect(
                    eventually {
                        answer = try node.get("/")
                        return answer.status == 200
                    })
                #expect(answer.text.replacing(" ", with: "").contains("Subject:CN=gateway\n"))
            }
        }

        @Test func `a failed handshake with an upstream is tried again, whatever the method`() throws {
            let origin = try Origin { socket, _ in
                _ = try socket.some()
                try socket.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            }
            try Node.with(origin: origin, service: ["protocol": "https", "retries": 2]) { node throws in
                let answer = try node.exchange(
                    "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi")
                #expect(answer.status == 502)
                #expect(origin.accepted == 3)
            }
        }

        @Test func `the time for connecting covers the handshake with an upstream`() throws {
            let origin = try Origin { socket, _ in
                while case let part = try socket.some(), !part.isEmpty {}
            }
            let service: [String: Any] = ["protocol": "https", "retries": 0, "connect_timeout": 300]
            try Node.with(origin: origin, service: service) { node throws in
                let start = Moment.now
                #expect(try node.get("/").status == 504)
                #expect(Moment.now - start > 0.28)
                #expect(Moment.now - start < 1.5)
                #expect(eventually { origin.open == 0 })
            }
        }
    }
}
