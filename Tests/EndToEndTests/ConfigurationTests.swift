// Changes of the configuration while requests flow.

import Foundation
import Testing

extension EndToEnd {
    @Suite("Configuration")
    struct Configuration {
        private static func origin() throws -> Origin {
            try Origin(answering: { _ in Origin.ok() })
        }

        @Test func `two hundred changes disturb no request and each is in force at once`() throws {
            let origin = try Self.origin()
            defer { origin.stop() }
            try Node.with(["nginx_worker_processes": "2"]) { node throws in
                try node.route("/stable", to: origin.port)
                let load = Load(port: node.proxyPort)
                defer { load.stop() }
                let sockets = try (0..<2).map { _ in try node.connect() }
                for number in 0..<40 {
                    try Self.change(node, "/changing/\(number)", origin) { status throws in
                        for socket in sockets { #expect(try socket.get("/changing/\(number)").status == status) }
                        #expect(try node.get("/changing/\(number)").status == status)
                    }
                }
                load.stop()
                #expect(load.failures == [])
                #expect(load.answered > 200)
            }
        }

        /// Five changes, each followed by a look at what the next request gets.
        private static func change(_ node: Node, _ path: String, _ origin: Origin, _ look: (Int) throws -> Void) throws
        {
            let route = try node.route(path, to: origin.port)
            try look(200)
            let plugin = try node.admin("POST", "/routes/\(route)/plugins", ["name": "key-auth"])
            try look(401)
            #expect(try node.admin("DELETE", "/plugins/\(plugin.id)").status == 204)
            try look(200)
            #expect(try node.admin("DELETE", "/routes/\(route)").status == 204)
            try look(404)
        }

        @Test func `a node without a database starts with 10,000 routes and takes 10,000 others`() throws {
            let origin = try Self.origin()
            defer { origin.stop() }
            let start = Moment.now
            let settings = ["database": "off", "declarative_config": "%/kong.yml"]
            let files = ["kong.yml": Self.declarative(10_000, "old", origin.port)]
            let prepared = Moment.now - start
            try Node.with(settings, files: files) { node throws in
                let started = Moment.now - start - prepared
                #expect(started < 3)
                #expect(try node.get("/old/9999").status == 200)
                let load = Load(port: node.proxyPort)
                defer { load.stop() }
                let next = Self.declarative(10_000, "new", origin.port)
                let posted = Moment.now
                #expect(try node.admin("POST", "/config", ["config": next]).status == 201)
                let replaced = Moment.now - posted
                #expect(try node.get("/new/9999").status == 200)
                #expect(try node.get("/old/9999").status == 404)
                load.stop()
                #expect(load.failures == [])
                Measured.note("10,000 routes: started after \(started) s, replaced after \(replaced) s")
            }
        }

        private static func declarative(_ count: Int, _ name: String, _ port: Int) -> String {
            var text = "_format_version: \"1.1\"\nservices:\n"
            text += "- {name: stable, host: 127.0.0.1, port: \(port), routes: [{paths: [/stable]}]}\n"
            for number in 0..<count {
                text += "- name: \(name)-\(number)\n  url: http://127.0.0.1:\(port)/\(number)\n"
                text += "  routes:\n  - name: \(name)-\(number)\n    paths: [/\(name)/\(number)]\n"
            }
            return text
        }
    }
}
