// What scanners of TLS look for, asked of openssl: whose order of ciphers counts, what is resumed, what is refused. The
// scanners themselves are run by hand (docs/reliability.md).

import Foundation
import Testing

extension EndToEnd {
    @Suite("TLS as scanners see it")
    struct TLSProperties {
        /// What openssl says of a connection, into which `input` is typed.
        private static func client(_ port: Int, _ options: String, typing input: String = "") throws -> String {
            // Frames of HTTP/2 are no text.
            let script =
                "(printf '\(input)'; sleep 0.3) | timeout 10 openssl s_client -connect 127.0.0.1:\(port) \(options) "
                + "2>&1 | LC_ALL=C tr -cd '\\n\\t -~'"
            return try Command.run("sh", ["-c", script]).output
        }

        /// The cipher of a handshake by TLS 1.2 with a client that prefers them in this order.
        private static func chosen(_ port: Int, _ ciphers: [String], _ options: String = "") throws -> String {
            let list = ciphers.joined(separator: ":")
            let output = try client(port, "-tls1_2 -cipher \(list)@SECLEVEL=0 \(options)")
            return output.firstMatch(of: /Cipher is (\S+)/).map { String($0.1) } ?? output
        }

        private static let (aes256, aes128, chacha) = (
            "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"
        )

        @Test(arguments: [
            ("modern", [aes256, chacha, aes128]), ("intermediate", [chacha, aes128, aes256]),
            ("custom", [aes128, aes256, chacha]),
        ])
        func `the gateway's order of ciphers counts`(suite: String, order: [String]) throws {
            let ciphers = order.joined(separator: ":")
            try Node.with(["ssl_cipher_suite": suite, "ssl_ciphers": ciphers]) { node throws in
                var rest = order
                while let first = rest.first {
                    #expect(try Self.chosen(node.tlsPort, rest.reversed()) == first)
                    #expect(try Self.chosen(node.tlsPort, rest) == first)
                    rest.removeFirst()
                }
                #expect(try Self.chosen(node.tlsPort, order.reversed(), "-alpn h2,http/1.1") == order[0])
            }
        }

        @Test func `with every kind of key, without a common group and on the Admin API as well`() throws {
            let port = try #require(try LocalAddress.freePorts(1).first)
            let settings = ["ssl_cipher_suite": "old", "admin_listen": "127.0.0.1:{admin}, 127.0.0.1:\(port) ssl"]
            let old = ["AES256-SHA", "ECDHE-RSA-AES128-GCM-SHA256", "AES128-SHA", "ECDHE-RSA-AES256-GCM-SHA384"]
            try Node.with(settings) { node throws in
                let body = try KeyPair(name: "rsa", .rsa).body.merging(["snis": ["rsa.test"]]) { $1 }
                #expect(try node.admin("POST", "/certificates", body).status == 201)
                let name = "-servername rsa.test"
                #expect(try Self.chosen(node.tlsPort, old, name) == "ECDHE-RSA-AES128-GCM-SHA256")
                #expect(try Self.chosen(node.tlsPort, old, name + " -groups P-521") == "AES128-SHA")
                #expect(try Self.chosen(port, [Self.aes256, Self.chacha]) == Self.chacha)
            }
        }

        @Test func `a session is resumed by clients that prefer other ciphers, and by no other certificate`() throws {
            try Node.with { node throws in
                let body = try KeyPair(name: "other").body.merging(["snis": ["other.test"]]) { $1 }
                #expect(try node.admin("POST", "/certificates", body).status == 201)
                let session = node.prefix + "/session"
                let options = "-tls1_2 -cipher \(Self.aes128):\(Self.aes256)"
                #expect(try Self.client(node.tlsPort, "\(options) -sess_out \(session)").contains("\nNew, "))
                #expect(try Self.client(node.tlsPort, "\(options) -sess_in \(session)").contains("\nReused, "))
                let other = "\(options) -servername other.test -sess_in \(session)"
                #expect(try Self.client(node.tlsPort, other).contains("\nNew, "))
            }
        }

        @Test func `nothing is compressed or negotiated anew, and downgrades are refused`() throws {
            try Node.with { node throws in
                let plain = try Self.client(node.tlsPort, "-tls1_2 -comp")
                #expect(plain.contains("\nCompression: NONE\n"))
                #expect(plain.contains("\nSecure Renegotiation IS supported\n"))
                #expect(plain.contains("\n    Extended master secret: yes\n"))
                let again = try Self.client(node.tlsPort, "-tls1_2", typing: "R\\n")
                #expect(again.contains("\nRENEGOTIATING\n"))
                #expect(again.contains(":error:"))
                // A client that says that it could do better, since somebody made it believe that the server could not.
                let fallback = try Self.client(node.tlsPort, "-tls1_2 -fallback_scsv")
                #expect(fallback.contains("inappropriate fallback"))
            }
        }

        @Test func `the protocol above TLS is the gateway's choice among those of the client`() throws {
            try Node.with(["proxy_listen": "127.0.0.1:{proxy}, 127.0.0.1:{tls} ssl http2"]) { node throws in
                let expected = ["http/1.1,h2": "ALPN protocol: h2", "http/1.1": "ALPN protocol: http/1.1"]
                for (offer, line) in expected {
                    #expect(try Self.client(node.tlsPort, "-alpn \(offer)").contains("\n\(line)\n"))
                }
                #expect(try Self.client(node.tlsPort, "-alpn spdy/3").contains("\nNo ALPN negotiated\n"))
                #expect(try Self.client(node.tlsPort, "").contains("\nNo ALPN negotiated\n"))
            }
        }
    }
}
