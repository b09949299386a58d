// A database that a real Kong 1.1.2 filled (Tests/Postgres/sample-data.sql) is served as it is: nothing is migrated,
// written again or left out. What is expected here was seen on Kong 1.1.2 with the same rows.

import Foundation
import Testing

extension EndToEnd {
    @Suite("Sample data", .enabled(if: Database.isInstalled))
    struct SampleData {
        private static let hs256 =
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJhbGljZS1pc3MiLCJleHAiOjQxMDI0NDQ4MDB9"
            + ".vH_OaDSqFSW-TbTCqY1ohX0-I6_UNG15deXYNQ7VBKM"
        private static let rs256 =
            "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJib2ItaXNzIiwiZXhwIjo0MTAyNDQ0ODAwfQ"
            + ".VbntPNnaP7r0uQMycleeONzcxnCcv0RHUwCaO3OxkvMFU-n9iLvUgjEGnvhJw66FzHi1XLDwyp7AstDUkYoDb9WW6gv3efvAcnV"
            + "p1Jv4eIqSi7MoDT4pyUgvI3EF5p_eZIP0g4ESY4sIh4aSnJ8jyIl2dXlGsMl1nhbLpyWYt8scPO5MaClnmZ5uj0aiouORAJlpUq0"
            + "uE152K9UmpbW-qELiqERVJeY7YS-dbwITbXb_nQy8LKoKLCoaahVqB49phsyi95xloczu0WmEbdKixy2SCm2__sTXR3XlP_oGeKO"
            + "kdBzq_W_ngs6y0jvBGFzoWTjEKzVOMmBLaeP0of-tBA"

        /// A node on the sample, and an upstream that stands for those of its services and shows what it was asked.
        private static func with(_ body: (Node) throws -> Void) throws {
            let origin = try Origin(answering: { request in
                let fields = request.fields.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\n" }
                return Origin.ok("\(request.start)\n\(fields.joined())")
            })
            defer { origin.stop() }
            try Database.with { database in
                let settings = try database.bootstrapped("sample")
                try database.sql(sample(servedAt: origin.port), in: "sample")
                try Node.with(settings, body)
            }
        }

        /// The rows, with the free port of the test in place of those that the sample was made with.
        private static func sample(servedAt port: Int) throws -> String {
            let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .appendingPathComponent("Postgres/sample-data.sql")
            return try ["15555", "15556", "15557"].reduce(String(contentsOf: file, encoding: .utf8)) {
                $0.replacing("'127.0.0.1', \($1),", with: "'127.0.0.1', \(port),")
                    .replacing("'127.0.0.1:\($1)'", with: "'127.0.0.1:\(port + ($1 == "15555" ? 0 : 1))'")
            }
        }

        @Test func `the Admin API lists every row`() throws {
            let counts = [
                "/services": 7, "/routes": 16, "/consumers": 3, "/plugins": 18, "/certificates": 1, "/snis": 3,
                "/upstreams": 2, "/upstreams/pool.example/targets": 1, "/upstreams/pool.example/targets/all": 6,
                "/tags": 13, "/key-auths": 3, "/basic-auths": 1, "/hmac-auths": 1, "/jwts": 2, "/acls": 2,
                "/oauth2": 1, "/oauth2_tokens": 5, "/services?tags=blue": 2, "/consumers?tags=gold,blue": 1,
            ]
            try Self.with { node throws in
                for (path, count) in counts {
                    let rows = try node.admin("GET", path).json["data"] as? [Any]
                    #expect(rows?.count == count, "\(path)")
                }
            }
        }

        @Test func `routes and plugins do what they did on Kong`() throws {
            try Self.with { node throws in
                let plain = try Self.get(node, "/plain/a", host: "plain.example")
                #expect(plain.text.hasPrefix("GET /base/a?q=1 HTTP/1.1\n"))
                #expect(plain.text.contains("host: plain.example\n"))
                #expect(plain.text.contains("x-via-service: svc-plain\n"))
                #expect(plain.text.contains("x-dots: a.b:c\n"))
                #expect(try Self.get(node, "/items/42/x", host: "plain.example").text.hasPrefix("GET /base?q=1 "))
                #expect(try Self.get(node, "/plain", host: "a.wild.example").status == 200)
                #expect(try Self.get(node, "/keep/1").text.hasPrefix("GET /basekeep/1?q=1 "))
                #expect(try Self.get(node, "/", host: "secure.example").status == 426)
                let stopped = try Self.get(node, "/stop")
                #expect(stopped.status == 403)
                #expect(stopped.text == #"{"message":"closed for good"}"#)
                let off = try Self.get(node, "/off")
                #expect(off.status == 200)
                #expect(off.fields["x-trace"] != nil)
                let limited = try Self.get(node, "/rate")
                #expect(limited.fields["x-ratelimit-limit-minute"] == "1000")
                #expect(limited.fields["x-ratelimit-limit-year"] == "100000")
                #expect(try Self.get(node, "/resprate").fields["x-ratelimit-limit-video-hour"] == "100")
                #expect(try Self.get(node, "/", host: "noname.example").status == 200)
                for _ in 0..<6 { #expect(try Self.get(node, "/", host: "pool.example").status == 200) }
                #expect(try Self.get(node, "/nothing", host: "nothing.example").status == 404)
            }
        }

        @Test func `stored credentials let in whom they let in on Kong`() throws {
            try Self.with { node throws in
                #expect(try Self.get(node, "/key").status == 401)
                #expect(try Self.get(node, "/key", "apikey: nope\r\n").status == 401)
                let alice = try Self.get(node, "/key", "apikey: alice-key\r\n")
                #expect(alice.fields["x-for"] == "alice-here")
                #expect(alice.text.contains("x-consumer-username: alice\n"))
                #expect(alice.text.contains("x-consumer-custom-id: cust-1\n"))
                #expect(!alice.text.contains("alice-key"))
                #expect(try Self.get(node, "/key", "x-key: bob-key\r\n").fields["x-for"] == "bob-here")
                #expect(try Self.get(node, "/key?apikey=alice-key").text.hasPrefix("GET / HTTP/1.1\n"))
                #expect(try Self.basic(node, "alice:wonder land:1").text.contains("x-credential-username: alice\n"))
                #expect(try Self.basic(node, "alice:wonder").status == 401)
                let signed = try Self.get(node, "/hmac", Self.signature())
                #expect(signed.text.contains("x-consumer-username: bob\n"))
                #expect(signed.fields["x-for"] == "bob-there")
                #expect(try Self.get(node, "/hmac").status == 401)
                let first = try Self.get(node, "/jwt", "Authorization: Bearer \(Self.hs256)\r\n")
                #expect(first.text.contains("x-consumer-username: alice\n"))
                let second = try Self.get(node, "/jwt", "Authorization: Bearer \(Self.rs256)\r\n")
                #expect(second.text.contains("x-consumer-username: bob\n"))
                #expect(try Self.get(node, "/acl", "apikey: alice-key\r\n").status == 200)
                #expect(try Self.get(node, "/acl", "apikey: bob-key\r\n").status == 403)
                let granted = try Self.get(node, "/oauth2", "Authorization: Bearer fixed-token\r\n")
                #expect(granted.text.contains("x-authenticated-userid: u9\n"))
                #expect(granted.text.contains("x-authenticated-scope: read\n"))
                #expect(try Self.get(node, "/oauth2", "Authorization: Bearer expired-token\r\n").status == 401)
            }
        }

        @Test func `the stored certificate is shown, and a token is renewed once`() throws {
            try Self.with { node throws in
                #expect(try Self.subject(node, "secure.example").contains("secure.example"))
                #expect(try Self.subject(node, "other.example").contains("secure.example"))
                // Where Kong 1.1.2 shows its default certificate; wildcards came with later versions.
                #expect(try Self.subject(node, "x.secure.example").contains("secure.example"))
                let renewal = "grant_type=refresh_token&refresh_token=refresh-of-expired"
                #expect(try Self.token(node, renewal) == "200")
                #expect(try Self.token(node, renewal) == "400")
                #expect(try Self.token(node, "grant_type=authorization_code&code=expired-code") == "400")
            }
        }

        // MARK: - Requests

        private static func get(_ node: Node, _ path: String, _ fields: String = "", host: String = "any") throws
            -> Message
        {
            try node.exchange("GET \(path) HTTP/1.1\r\nHost: \(host)\r\n\(fields)Connection: close\r\n\r\n")
        }

        private static func basic(_ node: Node, _ credentials: String) throws -> Message {
            let code = Data(credentials.utf8).base64EncodedString()
            return try get(node, "/basic", "Authorization: Basic \(code)\r\n")
        }

        /// A date, and bob's signature over it.
        private static func signature() throws -> String {
            let script = #"""
                d=$(LC_ALL=C date -u '+%a, %d %b %Y %H:%M:%S GMT')
                s=$(printf 'date: %s' "$d" | openssl dgst -sha256 -hmac bob-secret -binary | base64)
                a='hmac username="bob-mac", algorithm="hmac-sha256", headers="date", signature="'
                printf 'Date: %s\r\nAuthorization: %s%s"\r\n' "$d" "$a" "$s"
                """#
            return try Command.run("bash", ["-c", script]).output
        }

        /// The subject of the certificate that is shown for a name.
        private static func subject(_ node: Node, _ name: String) throws -> String {
            let script =
                "openssl s_client -connect 127.0.0.1:\(node.tlsPort) -servername \(name) </dev/null 2>/dev/null "
                + "| openssl x509 -noout -subject"
            return try Command.run("bash", ["-c", script]).output
        }

        private static func token(_ node: Node, _ grant: String) throws -> String {
            let client = "client_id=app-one&client_secret=app-one-secret&redirect_uri=https%3A%2F%2Fapp.example%2Fcb"
            let url = "https://127.0.0.1:\(node.tlsPort)/oauth2/oauth2/token"
            return try Command.run(
                "curl", ["-sk", "-o", "/dev/null", "-w", "%{http_code}", "-d", "\(grant)&\(client)", url]
            ).output
        }
    }
}
