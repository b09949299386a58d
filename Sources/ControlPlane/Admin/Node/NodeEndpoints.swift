// The endpoints that tell of the node and not of entities: /, /status, /plugins/enabled,
// /plugins/schema/:name and /cache.

import Schema
import Store

struct NodeEndpoints: Sendable {
    let context: AdminContext

    func add(to routes: inout RouteTable) {
        let isDatabaseLess = context.node.isDatabaseLess
        routes.add("/", Endpoint(["GET": { _ in try await root() }]))
        routes.add("/status", Endpoint(["GET": { _ in await status() }]))
        routes.add("/plugins/enabled", Endpoint(["GET": { _ in enabledPlugins() }]))
        routes.add("/plugins/schema/:", Endpoint(["GET": { try pluginSchema($0.captures[0].decoded) }]))
        routes.add("/cache", Endpoint(["DELETE": { _ in removeCached(nil) }]))
        routes.add(
            "/cache/:",
            Endpoint([
                "GET": { cached($0.captures[0].decoded) }, "DELETE": { removeCached($0.captures[0].decoded) },
            ]))
        if !isDatabaseLess {
            let text = "this endpoint is only available when Kong is configured to not use a database"
            routes.add("/config", Endpoint(["POST": { _ in .message(400, text) }]))
        }
    }

    private func root() async throws -> AdminAnswer {
        let node = context.node
        let available = JSONObject(context.catalog.plugins.map { ($0.name, true) })
        let configured = try await configuredPlugins()
        return .ok([
            "tagline": "Welcome to kong",
            "version": .string(node.version),
            "hostname": .string(node.hostname),
            "node_id": .string(node.nodeID),
            "lua_version": .string(node.luaVersion),
            "timers": ["running": 0, "pending": 0],
            "plugins": ["available_on_server": .object(available), "enabled_in_cluster": .array(configured)],
            "prng_seeds": .object(JSONObject([("pid: \(node.processID)", JSON.number(0))])),
            "configuration": node.configuration,
        ])
    }

    /// The names of the plugins that have at least one row, each once.
    private func configuredPlugins() async throws -> [JSON] {
        var names: Set<String> = []
        var query = PageQuery(entity: "plugins", size: PageQuery.sizeMax)
        repeat {
            let page = try await context.store.page(query)
            for row in page.rows {
                if let name = row["name"]?.string { names.insert(name) }
            }
            query.offset = page.offset
        } while query.offset != nil
        return names.sorted().map(JSON.string)
    }

    private func status() async -> AdminAnswer {
        await context.node.renew()
        let counters = context.node.counters()
        let server: JSONObject = [
            "connections_active": number(counters.active),
            "connections_reading": number(counters.reading),
            "connections_writing": number(counters.writing),
            "connections_waiting": number(counters.waiting),
            "connections_accepted": number(counters.accepted),
            "connections_handled": number(counters.handled),
            "total_requests": number(counters.totalRequests),
        ]
        return .ok(["server": .object(server), "database": ["reachable": .bool(await context.store.reachable())]])
    }

    private func number(_ count: Int) -> JSON { .number(Double(count)) }

    private func cached(_ key: String) -> AdminAnswer {
        context.node.cache?.row(key).map { .ok(.object($0)) } ?? .notFound
    }

    private func removeCached(_ key: String?) -> AdminAnswer {
        if let key { context.node.cache?.remove(key) } else { context.node.cache?.removeAll() }
        return .noContent
    }

    private func enabledPlugins() -> AdminAnswer {
        .ok(["enabled_plugins": .array(context.catalog.plugins.map { .string($0.name) })])
    }

    private func pluginSchema(_ name: String) throws -> AdminAnswer {
        guard let plugin = context.catalog.plugin(name) else {
            return .message(404, "No plugin named '\(name)'")
        }
        return .ok(plugin.config.document)
    }
}
