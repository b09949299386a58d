// Several nodes on one PostgreSQL: what one is told all others do, whatever happens to nodes and network.

import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite("Cluster", .enabled(if: Database.isInstalled))
    struct Cluster {
        private static func origin() throws -> Origin {
            try Origin(answering: { _ in Origin.ok() })
        }

        @Test func `a change on one node is soon in force on all others`() throws {
            let origin = try Self.origin()
            defer { origin.stop() }
            try Database.with { database in
                try Node.several(3, database.bootstrapped("soon")) { nodes in
                    var delays: [Double] = []
                    for round in 0..<30 {
                        try nodes[round % 3].route("/r\(round)", to: origin.port)
                        let start = Moment.now
                        for node in nodes {
                            #expect(eventually(within: 0.9) { try node.get("/r\(round)").status == 200 })
                        }
                        delays.append(Moment.now - start)
                    }
                    let sorted = delays.sorted()
                    Measured.note("cluster of 3: median \(sorted[15]) s, worst \(sorted[29]) s until all serve a route")
                    #expect(sorted[15] < 0.1)
                }
            }
        }

        @Test func `the death of a node in the middle of writes takes nothing along`() throws {
            try Database.with { database in
                try Node.several(2, database.bootstrapped("death")) { nodes in
                    let writer = ConsumerWriter(nodes[0])
                    usleep(400_000)
                    nodes[0].crash()
                    let names = writer.stop()
                    #expect(names.count > 5)
                    let stored = try Set(database.sql("SELECT username FROM consumers", in: "death"))
                    #expect(stored.isSuperset(of: names))
                    for name in names { #expect(try nodes[1].admin("GET", "/consumers/\(name)").status == 200) }
                    try nodes[0].startAgain()
                    #expect(try nodes[0].admin("PATCH", "/consumers/\(names[0])", ["custom_id": "c"]).status == 200)
                }
            }
        }

        @Test func `a node that is cut off catches up by itself`() throws {
            let origin = try Self.origin()
            defer { origin.stop() }
            try Database.with { database in
                let relay = try Relay(to: database.port)
                defer { relay.stop() }
                let settings = try database.bootstrapped("cut")
                try Node.with(settings) { one in
                    try Node.with(settings.merging(["pg_port": String(relay.port)]) { $1 }) { two in
                        try one.route("/before", to: origin.port)
                        #expect(eventually { two.status("/before") == 200 })
                        relay.cut()
                        try one.route("/meanwhile", to: origin.port)
                        #expect(try one.get("/meanwhile").status == 200)
                        #expect(two.status("/before") == 200)
                        #expect(two.status("/meanwhile") == 404)
                        #expect(try two.admin("GET", "/services").status == 503)
                        relay.mend()
                        let start = Moment.now
                        #expect(eventually(within: 5) { two.status("/meanwhile") == 200 })
                        Measured.note("cut off: caught up \(Moment.now - start) s after the network was back")
                        #expect(eventually { try two.admin("POST", "/consumers", ["username": "u"]).status == 201 })
                    }
                }
            }
        }

        @Test func `what a real Kong announces is looked up`() throws {
            let origin = try Self.origin()
            defer { origin.stop() }
            try Database.with { database in
                try Node.with(database.bootstrapped("real")) { node in
                    let route = try node.route("/old", to: origin.port)
                    try node.admin("POST", "/routes/\(route)/plugins", ["name": "key-auth"])
                    try node.admin("POST", "/consumers", ["username": "u"])
                    try node.admin("POST", "/consumers/u/key-auth", ["key": "first"])
                    #expect(node.status("/old", key: "first") == 200)
                    let announce = { (change: String, keys: [String]) in
                        let rows = keys.map { key in
                            "INSERT INTO cluster_events (id, node_id, at, expire_at, channel, data) VALUES ("
                                + "'\(UUID())', '\(UUID())', now(), now() + interval '1 hour', "
                                + "'invalidations', '\(key)')"
                        }
                        _ = try database.sql(([change] + rows).joined(separator: "; "), in: "real")
                    }
                    try announce("UPDATE routes SET paths = '{/new}'", ["router:version"])
                    #expect(eventually { node.status("/new", key: "first") == 200 })
                    #expect(node.status("/old", key: "first") == 404)
                    try announce(
                        "UPDATE keyauth_credentials SET key = 'second'",
                        ["keyauth_credentials:first::::", "keyauth_credentials:second::::"])
                    #expect(eventually { node.status("/new", key: "second") == 200 })
                    #expect(node.status("/new", key: "first") == 401)
                    try announce("DELETE FROM plugins", ["plugins:key-auth:\(route):::", "plugins_map:version"])
                    #expect(eventually { node.status("/new") == 200 })
                }
            }
        }
    }
}
