// The database away: what a node goes on with, what it answers, and how it comes back.

import Foundation
import Schema
import Store
import Testing

@Suite(.enabled(if: PostgresServer.isInstalled), .serialized)
struct OutageTests {
    private let server: PostgresServer
    private let bed: PostgresBed
    private let path: String

    init() throws {
        server = try PostgresServer()
        bed = try PostgresBed(server, timeout: .seconds(1))
        path = FileManager.default.temporaryDirectory.path + "/rows-\(UUID().uuidString)"
    }

    private func consumer(_ number: Int) -> Write {
        .insert("consumers", ["id": .string(id(number)), "username": .string("u\(number)")])
    }

    private func isUnavailable(_ work: () async throws -> Void) async -> Bool {
        do {
            try await work()
            return false
        } catch StoreError.unavailable {
            return true
        } catch {
            return false
        }
    }

    /// The rows are written a while after the change.
    private func waitForFile(_ text: String) async throws {
        for _ in 0..<300 {
            if (try? String(contentsOfFile: path, encoding: .utf8))?.contains(text) == true { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("\(text) was not written to \(path)")
    }

    @Test
    func `a node keeps its rows, refuses calls at once and is back within a second`() async throws {
        let (one, two) = (try await bed.node(), try await bed.node())
        try await one.apply(consumer(1))
        try server.stop()
        #expect(await isUnavailable { _ = try await one.store.page(PageQuery(entity: "consumers")) })
        #expect(await isUnavailable { try await one.apply(consumer(2)) })
        #expect(await one.store.reachable() == false)
        #expect(try await one.store.loadAll().count(of: "consumers") == 1)
        try server.start()
        let back = ContinuousClock.now
        while await !one.store.reachable() { try await Task.sleep(for: .milliseconds(5)) }
        #expect(back.duration(to: .now) < .seconds(1))
        try await one.apply(consumer(3))
        #expect(try await two.comes(within: .seconds(1)) { $0.count(of: "consumers") == 2 })
    }

    @Test
    func `the pool tells of its connections and calls`() async throws {
        let node = try await bed.node()
        #expect(node.store.poolFigures.limit == 4 && node.store.poolFigures.calls == 0)
        try await node.apply(consumer(1))
        _ = try await node.store.page(PageQuery(entity: "consumers"))
        // A connection is given back just after its caller has the rows.
        var figures = node.store.poolFigures
        for _ in 0..<500 where figures.calls < 2 || figures.inUse > 0 {
            try await Task.sleep(for: .milliseconds(10))
            figures = node.store.poolFigures
        }
        #expect(figures.calls >= 2 && figures.callMicroseconds > 0)
        #expect(figures.inUse == 0 && figures.waiting == 0 && figures.idle == 1)
    }

    @Test
    func `after a restart of the database no call meets a connection of before`() async throws {
        let one = try await bed.node()
        // Many at once, so that all connections are open.
        try await withThrowingTaskGroup { group in
            for number in 1...16 {
                let write = consumer(number)
                group.addTask { try await one.apply(write) }
            }
            try await group.waitForAll()
        }
        try server.stop()
        try server.start()
        while await !one.store.reachable() { try await Task.sleep(for: .milliseconds(5)) }
        for number in 101...132 { try await one.apply(consumer(number)) }
        #expect(try await one.store.loadAll().count(of: "consumers") == 48)
    }

    @Test
    func `what happened while a node was cut off is taken over as a whole`() async throws {
        let node = try await bed.node()
        try await node.apply(consumer(1))
        try server.change(
            "INSERT INTO consumers (id, username) VALUES ('\(id(5))', 'x')", in: bed.settings.database)
        #expect(try await node.comes(within: .seconds(2)) { $0.count(of: "consumers") == 2 })
    }

    @Test
    func `a node that starts without the database has the rows of the last run`() async throws {
        let first = try await bed.node(datasetPath: path)
        try await first.apply(consumer(1))
        try await waitForFile("u1")
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        #expect(PostgresStore.hasKeptRows(at: path, of: bed.settings))
        first.store.close()
        try server.stop()

        let second = try await bed.node(datasetPath: path)
        #expect(second.store.isAway)
        #expect(second.dataset.row(of: "consumers", id: id(1))?["username"] == "u1")
        try server.start()
        try server.change("UPDATE consumers SET username = 'meanwhile'", in: bed.settings.database)
        #expect(
            try await second.comes(within: .seconds(2)) { $0.row(of: "consumers", id: id(1))?["username"] != "u1" })
    }

    @Test
    func `a node that starts beside a frozen database serves the kept rows, and the newest once it answers`()
        async throws
    {
        var settings = bed.settings
        settings.timeout = .seconds(20)
        let first = try await PostgresNode(settings, path)
        try await first.apply(consumer(1))
        try await waitForFile("u1")
        first.store.close()
        try bed.sql("UPDATE consumers SET username = 'meanwhile'")
        try server.freeze()
        defer { try? server.thaw() }
        let start = ContinuousClock.now
        let second = try await PostgresNode(settings, path)
        #expect(start.duration(to: .now) < .seconds(5), "it takes 250 ms, and 20 s to be sure that nobody answers")
        #expect(second.dataset.row(of: "consumers", id: id(1))?["username"] == "u1")
        let write = consumer(2)
        async let written = second.apply(write)
        try server.thaw()
        _ = try await written
        #expect(second.dataset.row(of: "consumers", id: id(2)) != nil, "what was acknowledged is in force")
        #expect(second.dataset.row(of: "consumers", id: id(1))?["username"] == "meanwhile")
    }

    @Test
    func `a node that starts beside its database has the newest rows from the start`() async throws {
        let first = try await bed.node(datasetPath: path)
        try await first.apply(consumer(1))
        try await waitForFile("u1")
        first.store.close()
        try bed.sql("UPDATE consumers SET username = 'meanwhile'")
        let second = try await bed.node(datasetPath: path)
        #expect(second.dataset.row(of: "consumers", id: id(1))?["username"] == "meanwhile")
    }

    @Test
    func `a node without kept rows does not start beside a frozen database`() async throws {
        try server.freeze()
        defer { try? server.thaw() }
        #expect(await isUnavailable { _ = try await bed.node(datasetPath: path) })
    }

    @Test
    func `a damaged file, or that of another database, is not used`() async throws {
        let node = try await bed.node(datasetPath: path)
        try await node.apply(consumer(1))
        try await waitForFile("u1")
        node.store.close()
        try server.stop()
        var other = bed.settings
        other.database = "other"
        #expect(!PostgresStore.hasKeptRows(at: path, of: other))
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try text.replacing("u1", with: "u2").write(toFile: path, atomically: true, encoding: .utf8)
        #expect(!PostgresStore.hasKeptRows(at: path, of: bed.settings))
        #expect(await isUnavailable { _ = try await bed.node(datasetPath: path) })
        try server.start()
    }

    @Test
    func `a database without tables or an unknown role is no outage`() async throws {
        var settings = bed.settings
        settings.database = "postgres"
        await #expect(throws: StoreError.self) { _ = try await PostgresNode(settings, nil) }
        settings = bed.settings
        settings.user = "nobody_of_that_name"
        do {
            _ = try await PostgresNode(settings, nil)
            Issue.record("opened")
        } catch StoreError.broken(_, let reason) {
            #expect(reason == "FATAL: role \"nobody_of_that_name\" does not exist")
        }
    }
}
