// The database of a node goes away: it goes on serving, says so, starts without it, and is whole again when it is back.

import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite("Database away", .enabled(if: Database.isInstalled))
    struct DatabaseAway {
        private func expectService(of node: Node, sourceLocation: SourceLocation = #_sourceLocation) {
            #expect(node.status("/guarded", key: "k") == 200, sourceLocation: sourceLocation)
            #expect(node.status("/guarded") == 401, sourceLocation: sourceLocation)
            #expect(node.status("/lenient") == 200, sourceLocation: sourceLocation)
            #expect(node.status("/strict") == 500, sourceLocation: sourceLocation)
        }

        private func configure(_ node: Node, _ origin: Origin) throws {
            let route = try node.route("/guarded", to: origin.port)
            try node.admin("POST", "/routes/\(route)/plugins", ["name": "key-auth"])
            try node.admin("POST", "/consumers", ["username": "u"])
            try node.admin("POST", "/consumers/u/key-auth", ["key": "k"])
            let lenient = try node.route("/lenient", to: origin.port)
            try node.admin("POST", "/routes/\(lenient)/plugins", ["name": "rate-limiting", "config": ["hour": 1000]])
            let strict = try node.route("/strict", to: origin.port)
            try node.admin(
                "POST", "/routes/\(strict)/plugins",
                ["name": "rate-limiting", "config": ["hour": 1000, "fault_tolerant": false]])
        }

        private func expectRefusals(of node: Node, sourceLocation: SourceLocation = #_sourceLocation) throws {
            for (method, path) in [("GET", "/services"), ("GET", "/consumers/u"), ("DELETE", "/consumers/u")] {
                let start = Moment.now
                let answer = try node.admin(method, path)
                #expect(answer.status == 503, sourceLocation: sourceLocation)
                #expect(answer.json["message"] as? String == "the database is not available")
                #expect(Moment.now - start < 1.6, "pg_timeout is 1.5 s", sourceLocation: sourceLocation)
            }
            #expect(try node.admin("POST", "/consumers", ["username": "v"]).status == 503)
            let status = try node.admin("GET", "/status")
            #expect(status.status == 200)
            #expect((status.json["database"] as? [String: Any])?["reachable"] as? Bool == false)
        }

        @Test func `a node goes on without its database, starts without it and is back with it`() throws {
            let origin = try Origin(answering: { _ in Origin.ok() })
            defer { origin.stop() }
            try Database.with { database in
                try Node.several(2, database.bootstrapped("away")) { nodes in
                    try configure(nodes[0], origin)
                    let rows = nodes[1].prefix + "/state/database.rows"
                    #expect(
                        eventually {
                            try String(contentsOfFile: rows, encoding: .utf8).contains("fault_tolerant\":false")
                        })
                    try database.stop()
                    for node in nodes {
                        expectService(of: node)
                        try expectRefusals(of: node)
                    }
                    nodes[1].crash()
                    try nodes[1].startAgain()
                    expectService(of: nodes[1])
                    try expectRefusals(of: nodes[1])
                    try database.start()
                    let start = Moment.now
                    for node in nodes {
                        let name = "back-\(node.proxyPort)"
                        let isBack = eventually(within: 5) {
                            try node.admin("POST", "/consumers", ["username": name]).status == 201
                        }
                        #expect(isBack)
                    }
                    let away = Moment.now - start
                    Measured.note("database back: both nodes write again after \(away) s")
                    #expect(away < 2)
                    #expect(nodes[1].status("/strict") == 200)
                    try nodes[0].route("/after", to: origin.port)
                    #expect(eventually { nodes[1].status("/after") == 200 })
                }
            }
        }

        @Test func `a worker that starts beside a frozen database serves at once what was in force`() throws {
            let origin = try Origin(answering: { _ in Origin.ok() })
            defer { origin.stop() }
            try Database.with { database in
                let settings = try database.bootstrapped("frozen").merging(["pg_timeout": "30000"]) { $1 }
                try Node.with(settings) { node in
                    try node.route("/kept", to: origin.port)
                    let rows = node.prefix + "/state/database.rows"
                    #expect(eventually { try String(contentsOfFile: rows, encoding: .utf8).contains("/kept") })
                    // Rows are kept a moment after a change, unless another worker asks for them.
                    try node.route("/fresh", to: origin.port)
                    try database.freeze()
                    let old = try node.worker
                    #expect(try node.kong("reload").status == 0)
                    #expect(eventually(within: 10) { !old.isAlive && node.workers.count == 1 })
                    #expect(node.status("/fresh") == 200)
                    let start = Moment.now
                    kill(try node.worker.pid, SIGKILL)
                    #expect(eventually(within: 20) { node.status("/fresh") == 200 })
                    Measured.note("killed worker, frozen database: first answer after \(Moment.now - start) s")
                    #expect(Moment.now - start < 10)
                    try database.thaw()
                    #expect(eventually(within: 20) { try node.admin("GET", "/status").status == 200 })
                    try node.route("/after", to: origin.port)
                    #expect(node.status("/after") == 200)
                }
            }
        }
    }
}
