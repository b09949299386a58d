// Single plugins below the service, route or consumer they belong to. Except for PUT they must belong to
// it; PUT takes the parent from the path as it stands there, as an id.

import Schema
import Store

struct PluginEndpoints: Sendable {
    let plugins: EntityCollection

    func add(to routes: inout RouteTable) {
        for (field, key) in plugins.schema.foreignFields {
            guard let parent = plugins.context.catalog.entity(key.entity) else { continue }
            let parents = EntityCollection(context: plugins.context, schema: parent)
            routes.add("/\(key.entity)/:/plugins/:", endpoint(below: parents, by: field.name))
        }
    }

    private func endpoint(below parents: EntityCollection, by field: String) -> Endpoint {
        let found: @Sendable (AdminCall) async throws -> Row = { call in
            let parent = try await parents.require(call.captures[0]).id
            let row = try await plugins.require(call.captures[1])
            guard row.reference(field) == parent else { throw AdminRefusal.notFound }
            return row
        }
        return Endpoint(
            head: { _ = try await found($0) },
            [
                "GET": { .ok(plugins.shown(try await found($0))) },
                "PUT": { call in
                    let row = try await plugins.upsert(plugins.key(call.captures[1])) { stored in
                        var members = plugins.changes(call.body, to: stored)
                        members[field] = .reference(call.captures[0].decoded)
                        return members
                    }
                    return .ok(plugins.shown(row))
                },
                "PATCH": { call in
                    let key = Key.id(try await found(call).id)
                    let row = try await plugins.update(key) { plugins.changes(call.body, to: $0) }
                    return .ok(plugins.shown(row))
                },
                "DELETE": { call in
                    try await plugins.delete(.id(try await found(call).id))
                    return .noContent
                },
            ])
    }
}
