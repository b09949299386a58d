// A node without a database and a declarative file of 10,000 services with a route and a plugin each.

import Foundation
import Testing

extension EndToEnd {
    @Suite struct LargeConfigurationTests {
        private static let count = 10_000
        /// A few times what it takes, for machines that do other things as well.
        private static let limitSeconds = 30.0

        private static let yaml: String = {
            let services = (0..<count).map { number in
                """
                - name: s\(number)
                  url: http://127.0.0.1:9/base\(number)
                  routes:
                  - name: r\(number)
                    paths: [/svc\(number)]
                  plugins:
                  - name: key-auth
                    config: {key_names: [apikey]}

                """
            }
            return "_format_version: '1.1'\nservices:\n" + services.joined()
        }()

        @Test func `ten thousand services are served, from a file and over the Admin API`() throws {
            let settings = ["database": "off", "declarative_config": "%/kong.yml"]
            let start = Moment.now
            try Node.with(settings, files: ["kong.yml": Self.yaml]) { node throws in
                Measured.note("start with \(Self.count) services: \(Moment.now - start) s")
                #expect(Moment.now - start < Self.limitSeconds)
                for number in [0, 5000, Self.count - 1] { #expect(node.status("/svc\(number)") == 401) }
                #expect(node.status("/svc") == 404)
                let posted = Moment.now
                let post = try Command.run(
                    "curl",
                    [
                        "-s", "-o", "/dev/null", "-w", "%{http_code}", "-m", "60", "-F",
                        "config=<\(node.prefix)/kong.yml",
                        "http://127.0.0.1:\(node.adminPort)/config",
                    ])
                Measured.note("POST /config of \(Self.count) services: \(Moment.now - posted) s")
                #expect(post.output == "201")
                #expect(Moment.now - posted < Self.limitSeconds)
                #expect(node.status("/svc\(Self.count - 1)") == 401)
            }
        }
    }
}
