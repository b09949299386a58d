// Several nodes on one database: every change reaches all of them, whole and soon, whoever made it.

import Schema
import Store
import Testing

@Suite(.enabled(if: PostgresServer.isInstalled))
struct ClusterTests {
    private let bed: PostgresBed

    init() throws {
        bed = try PostgresBed()
    }

    private func consumer(_ number: Int, _ name: String) -> Write {
        .insert("consumers", ["id": .string(id(number)), "username": .string(name)])
    }

    private func key(_ number: Int, _ key: String) -> Write {
        .insert("keyauth_credentials", ["id": .string(id(number)), "key": .string(key), "consumer": ref(1)])
    }

    /// A row of cluster_events as a real Kong node writes it.
    private func announce(_ channel: String, _ data: String) throws {
        try bed.sql(
            "SET TIME ZONE 'UTC'; INSERT INTO cluster_events (id, node_id, at, expire_at, channel, data) VALUES "
                + "(gen_random_uuid(), gen_random_uuid(), now(), now() + interval '1 hour', '\(channel)', '\(data)')")
    }

    @Test
    func `a change is there on other nodes within 100 milliseconds`() async throws {
        let (one, two) = (try await bed.node(), try await bed.node())
        for number in 1...10 {
            try await one.apply(consumer(number, "u\(number)"))
            #expect(one.dataset.row(of: "consumers", id: id(number)) != nil)
            #expect(try await two.comes(within: .milliseconds(100)) { $0.row(of: "consumers", id: id(number)) != nil })
        }
        try await two.apply(.update("consumers", .id(id(1)), changes: ["username": "new"]))
        #expect(
            try await one.comes(within: .milliseconds(100)) { $0.row(of: "consumers", id: id(1))?["username"] == "new" }
        )
        try await one.apply(.delete("consumers", .id(id(2))))
        #expect(try await two.comes(within: .milliseconds(100)) { $0.row(of: "consumers", id: id(2)) == nil })
    }

    @Test
    func `what is committed can be read at once and is told when that is waited for`() async throws {
        let node = try await bed.node()
        var pending: [Pending] = []
        for number in 1...50 {
            pending.append(try await node.store.commit([consumer(number, "u\(number)")]))
            #expect(try await node.store.row(of: "consumers", .id(id(number))) != nil)
        }
        var revisions: [UInt64] = []
        for (place, one) in pending.enumerated() {
            let committed = await one.told()
            #expect(node.dataset.row(of: "consumers", id: id(place + 1)) != nil)
            #expect(committed.effects.map(\.id) == [id(place + 1)])
            revisions.append(committed.revision)
        }
        #expect(revisions == revisions.sorted())
    }

    @Test
    func `a node that starts while another one writes misses nothing`() async throws {
        let one = try await bed.node()
        for round in 0..<10 {
            async let other = bed.node()
            for number in 1...20 { try await one.apply(consumer(round * 20 + number, "u\(round).\(number)")) }
            let isWhole = try await other.comes(within: .seconds(2)) { $0.everything == one.dataset.everything }
            #expect(isWhole, "round \(round)")
        }
    }

    @Test
    func `nobody sees half of a transaction`() async throws {
        let (one, two) = (try await bed.node(), try await bed.node())
        try await one.apply(consumer(1, "a0"), consumer(2, "b0"))
        for round in 1...50 {
            try await one.apply(
                .update("consumers", .id(id(1)), changes: ["username": .string("a\(round)")]),
                .update("consumers", .id(id(2)), changes: ["username": .string("b\(round)")]))
        }
        #expect(try await two.comes(within: .seconds(1)) { $0.row(of: "consumers", id: id(2))?["username"] == "b50" })
        var dataset = Dataset(catalog: Kong.catalog)
        for case .committed(let committed) in two.changes {
            dataset = dataset.applying(committed)
            let names = [1, 2].map { dataset.row(of: "consumers", id: id($0))?["username"]?.string?.dropFirst() }
            #expect(names[0] == names[1])
        }
    }

    @Test
    func `the messages are Kong's`() async throws {
        let node = try await bed.node()
        try await node.apply(consumer(1, "u"))
        #expect(try bed.takeEvents() == ["invalidations consumers:\(id(1))::::"])
        try await node.apply(key(2, "k:1"))
        #expect(try bed.takeEvents() == ["invalidations keyauth_credentials:k:1::::"])
        try await node.apply(.update("keyauth_credentials", .id(id(2)), changes: ["key": "k2"]))
        let renamed = ["k2", "k:1"].map { "invalidations keyauth_credentials:\($0)::::" }
        #expect(try bed.takeEvents() == renamed)
        try await node.apply(.delete("consumers", .id(id(1))))
        let gone = ["consumers:\(id(1))::::", "keyauth_credentials:k2::::"].map { "invalidations \($0)" }
        #expect(try bed.takeEvents() == gone)
        try await node.apply(.insert("upstreams", ["id": .string(id(3)), "name": "u", "slots": 10]))
        #expect(
            try bed.takeEvents() == ["invalidations upstreams:\(id(3))::::", "balancer:upstreams create:\(id(3)):u"])
        try await node.apply(
            .insert(
                "targets",
                ["id": .string(id(4)), "created_at": 1, "upstream": ref(3), "target": "h:1", "weight": 1]))
        #expect(
            try bed.takeEvents() == ["invalidations targets:\(id(4))::::", "balancer:targets create:\(id(3))"])
    }

    @Test
    func `a key that a real Kong announces is enough to find what changed`() async throws {
        let node = try await bed.node()
        try await node.apply(consumer(1, "u"), key(2, "old"))
        try bed.sql("UPDATE keyauth_credentials SET key = 'new'")
        try announce("invalidations", "keyauth_credentials:new::::")
        let field = { (dataset: Dataset) in dataset.row(of: "keyauth_credentials", id: id(2))?["key"] }
        #expect(try await node.comes(within: .seconds(2)) { field($0) == "new" })
        try bed.sql("DELETE FROM consumers")
        try announce("invalidations", "keyauth_credentials:new::::")
        #expect(try await node.comes(within: .seconds(2)) { field($0) == nil })
    }

    @Test
    func `the versions and lists that a real Kong knows are understood`() async throws {
        let node = try await bed.node()
        try bed.sql("INSERT INTO routes (id, strip_path, name) VALUES ('\(id(1))', true, 'r')")
        try announce("invalidations", "router:version")
        #expect(try await node.comes(within: .seconds(2)) { $0.row(of: "routes", id: id(1)) != nil })
        try bed.sql("INSERT INTO certificates (id, cert) VALUES ('\(id(2))', 'c')")
        try bed.sql("INSERT INTO snis (id, name, certificate_id) VALUES ('\(id(3))', 'a.b', '\(id(2))')")
        try announce("invalidations", "certificates:a.b")
        #expect(try await node.comes(within: .seconds(2)) { $0.row(of: "certificates", id: id(2)) != nil })
        #expect(node.dataset.row(of: "snis", id: id(3)) != nil)
        try bed.sql("INSERT INTO consumers (id, username) VALUES ('\(id(4))', 'u')")
        try bed.sql("INSERT INTO acls (id, consumer_id, \"group\") VALUES ('\(id(5))', '\(id(4))', 'g')")
        try announce("invalidations", "acls:\(id(4))::::")
        #expect(try await node.comes(within: .seconds(2)) { $0.row(of: "acls", id: id(5)) != nil })
        try bed.sql("INSERT INTO upstreams (id, name, slots) VALUES ('\(id(6))', 'u', 10)")
        try bed.sql("INSERT INTO targets (id, upstream_id, target, weight) VALUES ('\(id(7))', '\(id(6))', 'h:1', 1)")
        try announce("balancer:upstreams", "create:\(id(6)):u")
        #expect(try await node.comes(within: .seconds(2)) { $0.row(of: "targets", id: id(7)) != nil })
        for nonsense in ["", ":", "targets", "balancer", "nothing:x::::"] { try announce("invalidations", nonsense) }
        try announce("balancer:targets", "create")
        try await node.apply(consumer(8, "still alive"))
    }

    @Test
    func `a target's health is told to the other nodes and not to oneself`() async throws {
        let (one, two) = (try await bed.node(), try await bed.node())
        try await one.apply(.insert("upstreams", ["id": .string(id(1)), "name": "u", "slots": 10]))
        _ = try bed.takeEvents()
        let health = TargetHealth(upstream: "u", target: "127.0.0.1:80", isHealthy: false)
        try await one.store.announce(health)
        #expect(try bed.takeEvents() == ["balancer:post_health 127.0.0.1|80|0|\(id(1))|u"])
        try announce("balancer:post_health", "h|81|1|\(id(1))|")
        let other = TargetHealth(upstream: "u", target: "h:81", isHealthy: true)
        #expect(try await two.comes(within: .seconds(2)) { _ in two.health == [health, other] })
        #expect(try await one.comes(within: .seconds(2)) { _ in one.health == [other] })
    }

    @Test(.timeLimit(.minutes(1)))
    func `after a storm of writers all nodes agree with the database`() async throws {
        let nodes = [try await bed.node(), try await bed.node(), try await bed.node()]
        try await withThrowingTaskGroup { group in
            for writer in 0..<50 {
                let node = nodes[writer % nodes.count]
                group.addTask { try await Storm(writer: writer, node: node).run() }
            }
            try await group.waitForAll()
        }
        let fresh = try await bed.node()
        let truth = fresh.dataset.everything
        for node in nodes {
            let agrees = try await node.comes(within: .seconds(3)) { $0.everything == truth }
            #expect(agrees)
        }
        #expect(fresh.dataset.count(of: "services") == 50 * 3)
    }
}

/// One of many writers: rows of its own, and some that all of them fight over.
private struct Storm {
    let writer: Int
    let node: PostgresNode

    func run() async throws {
        for round in 0..<4 {
            let number = 1000 + writer * 10 + round
            let service: Row = ["id": .string(id(number)), "name": .string("s\(number)"), "port": 80]
            let route: Row = ["id": .string(id(number + 5000)), "strip_path": true, "service": ref(number)]
            try await node.apply(.insert("services", service), .insert("routes", route))
            let shared: Row = ["id": .string(id(round)), "username": .string("shared\(round)")]
            try await node.apply(.upsert("consumers", .id(id(round)), shared))
            let key: Row = [
                "id": .string(id(number + 9000)), "key": .string("k\(number)"), "consumer": ref(round),
            ]
            // Another writer may just have deleted the consumer.
            _ = try? await node.apply(.insert("keyauth_credentials", key))
            if writer % 10 == round { try await node.apply(.delete("consumers", .id(id(round)))) }
        }
        let last = 1000 + writer * 10
        try await node.apply(.delete("routes", .id(id(last + 5000))), .delete("services", .id(id(last))))
    }
}
