// The targets of upstreams. They have no collection of their own; below an upstream the list shows what is
// active, /all the history, and a delete adds a row of weight 0.

import Schema
import Store

struct TargetEndpoints: Sendable {
    private static let parent = "upstream"

    let targets: EntityCollection
    let upstreams: EntityCollection

    init?(targets: EntityCollection) {
        guard let schema = targets.context.catalog.entity("upstreams") else { return nil }
        self.targets = targets
        upstreams = EntityCollection(context: targets.context, schema: schema)
    }

    func add(to routes: inout RouteTable) {
        let generic = CollectionEndpoints(collection: targets).nested(below: upstreams, by: Self.parent)
        routes.add("/targets", .switchedOff("GET", "POST"))
        routes.add("/targets/:", .switchedOff("GET", "PUT", "PATCH", "DELETE"))
        routes.add("/targets/:/upstream", .switchedOff("GET", "PUT", "PATCH", "DELETE"))
        routes.add("/upstreams/:/targets", Endpoint(["GET": { try await list($0) }, "POST": { try await post($0) }]))
        routes.add("/upstreams/:/targets/all", Endpoint(generic.handlers.filter { $0.key == "GET" }))
        routes.add("/upstreams/:/targets/:", Endpoint(["DELETE": { try await delete($0) }]))
        routes.add("/upstreams/:/targets/:/healthy", Endpoint(["POST": { try await mark($0, isHealthy: true) }]))
        routes.add("/upstreams/:/targets/:/unhealthy", Endpoint(["POST": { try await mark($0, isHealthy: false) }]))
        routes.add("/upstreams/:/health", Endpoint(["GET": { try await health($0) }]))
    }

    private func history(of upstream: String) async throws -> TargetHistory {
        let parent = ParentFilter(field: Self.parent, id: upstream)
        return TargetHistory(try await targets.context.store.children(of: parent, in: targets.name))
    }

    /// Rows of the active list have no null members, unlike those of every other list.
    private func shown(_ row: Row) -> JSONObject {
        JSONObject(row.filter { !$0.value.isNull }.map { ($0.key, $0.value) })
    }

    // MARK: - Reads

    private func list(_ call: AdminCall) async throws -> AdminAnswer {
        let upstream = try await upstreams.require(call.captures[0])
        return try await page(call, of: upstream) { $0 }
    }

    private func health(_ call: AdminCall) async throws -> AdminAnswer {
        let upstream = try await upstreams.require(call.captures[0])
        let states = targets.context.node.health.states(upstream["name"]?.string ?? "")
        var answer = try await page(call, of: upstream) { row in
            var row = row
            let target = row["target"]?.string ?? ""
            row["health"] = .string(states.map { $0[target] ?? "DNS_ERROR" } ?? "HEALTHCHECKS_OFF")
            return row
        }
        var body = answer.body?.object ?? JSONObject()
        body["node_id"] = .string(targets.context.node.nodeID)
        answer.body = .object(body)
        return answer
    }

    /// A page of the active targets, newest first; the offset is the number of those before it.
    private func page(
        _ call: AdminCall, of upstream: Row, _ decorate: (JSONObject) -> JSONObject
    ) async throws -> AdminAnswer {
        let arguments = try PageArguments(call.query, isTaggable: false)
        let start = try arguments.offset.map(position) ?? 0
        let active = try await history(of: upstream.id).active
        let rows = active.dropFirst(start).prefix(arguments.size).map { JSON.object(decorate(shown($0))) }
        let end = start + rows.count
        return .page(
            Array(rows), next: end < active.count ? String(end) : nil,
            path: "/upstreams/\(call.captures[0].raw)/targets")
    }

    private func position(_ offset: String) throws -> Int {
        guard let position = Int(offset), position >= 0 else {
            throw EntityError.invalidOffset(offset, "invalid offset")
        }
        return position
    }

    // MARK: - Writes

    private func post(_ call: AdminCall) async throws -> AdminAnswer {
        let upstream = try await upstreams.require(call.captures[0]).id
        var members = targets.members(call.body)
        members[Self.parent] = .reference(upstream)
        let wanted = members
        let row = try await insert(below: upstream) { _ in wanted }
        return .created(.object(shown(row)))
    }

    private func delete(_ call: AdminCall) async throws -> AdminAnswer {
        let upstream = try await upstreams.require(call.captures[0]).id
        _ = try await insert(below: upstream) { history in
            guard let row = history.active(named: call.captures[1].decoded) else { throw AdminRefusal.notFound }
            return ["target": row["target"] ?? .null, "weight": 0, Self.parent: .reference(upstream)]
        }
        return .noContent
    }

    /// Adds a row and takes the overdue ones away, in one step.
    private func insert(
        below upstream: String, _ members: @escaping @Sendable (TargetHistory) throws -> JSONObject
    ) async throws -> Row {
        let context = targets.context
        return try await context.write {
            let before = try await history(of: upstream)
            let valid = try targets.schema.validateInsert(try members(before), in: context.validation)
            let row = before.dated(valid)
            let overdue = TargetHistory(before.rows + [row]).overdue
            let pending = try await context.store.commit(
                [.insert(targets.name, row)] + overdue.map { .delete(targets.name, .id($0.id)) })
            return (row, pending)
        }
    }

    private func mark(_ call: AdminCall, isHealthy: Bool) async throws -> AdminAnswer {
        let upstream = try await upstreams.require(call.captures[0])
        let history = try await history(of: upstream.id)
        guard let target = history.active(named: call.captures[1].decoded)?["target"]?.string else {
            throw AdminRefusal.notFound
        }
        let problem = targets.context.node.health.mark(upstream["name"]?.string ?? "", target, isHealthy)
        return problem.map { .message(400, $0) } ?? .noContent
    }
}
