// The endpoints every entity has: its collection, its rows, the rows below each parent and the parent of
// each row. All of it follows from the names of the entity and of its foreign fields.

import Schema
import Store

struct CollectionEndpoints: Sendable {
    let collection: EntityCollection

    private var context: AdminContext { collection.context }

    func add(to routes: inout RouteTable) {
        let name = collection.name
        routes.add("/\(name)", entities)
        routes.add("/\(name)/:", entity)
        for (field, key) in collection.schema.foreignFields {
            guard let parent = context.catalog.entity(key.entity) else { continue }
            let parents = EntityCollection(context: context, schema: parent)
            routes.add("/\(key.entity)/:/\(name)", nested(below: parents, by: field.name))
            routes.add("/\(name)/:/\(field.name)", foreign(parents, by: field.name))
        }
    }

    /// `/E`
    var entities: Endpoint {
        Endpoint([
            "GET": { try await collection.list($0, path: "/\(collection.name)") },
            "POST": { .created(collection.shown(try await collection.insert(collection.members($0.body)))) },
        ])
    }

    /// `/E/:E`
    var entity: Endpoint {
        Endpoint([
            "GET": { .ok(collection.shown(try await collection.require($0.captures[0]))) },
            "PUT": { call in
                let key = try collection.key(call.captures[0])
                let row = try await collection.upsert(key) { collection.members(call.body, stored: $0) }
                return .ok(collection.shown(row))
            },
            "PATCH": { call in
                let key = try collection.key(call.captures[0])
                let row = try await collection.update(key) { collection.changes(call.body, to: $0) }
                return .ok(collection.shown(row))
            },
            "DELETE": { call in
                try await collection.delete(collection.key(call.captures[0]))
                return .noContent
            },
        ])
    }

    /// `/P/:P/E`
    func nested(below parents: EntityCollection, by field: String) -> Endpoint {
        Endpoint([
            "GET": { call in
                let parent = try await parents.require(call.captures[0]).id
                let path = "/\(parents.name)/\(call.captures[0].raw)/\(collection.name)"
                return try await collection.list(call, path: path, below: ParentFilter(field: field, id: parent))
            },
            "POST": { call in
                let parent = try await parents.require(call.captures[0]).id
                var members = collection.members(call.body)
                members[field] = .reference(parent)
                return .created(collection.shown(try await collection.insert(members)))
            },
        ])
    }

    /// `/E/:E/F`: the entity that a row refers to. Removing it through the row is not allowed.
    func foreign(_ parents: EntityCollection, by field: String) -> Endpoint {
        let parentKey: @Sendable (AdminCall) async throws -> Key = { call in
            guard let id = try await collection.require(call.captures[0]).reference(field) else {
                throw AdminRefusal.notFound
            }
            return .id(id)
        }
        return Endpoint([
            "GET": { call in
                guard let row = try await parents.find(parentKey(call)) else { throw AdminRefusal.notFound }
                return .ok(parents.shown(row))
            },
            "PUT": { call in
                let key = try await parentKey(call)
                let row = try await parents.upsert(key) { parents.members(call.body, stored: $0) }
                return .ok(parents.shown(row))
            },
            "PATCH": { call in
                let key = try await parentKey(call)
                let row = try await parents.update(key) { parents.members(call.body, stored: $0) }
                return .ok(parents.shown(row))
            },
            "DELETE": { call in
                _ = try await parentKey(call)
                return .methodNotAllowed
            },
        ])
    }
}
