// The credentials of consumers under their plugins' names. Except for PUT a credential must belong to the
// consumer in the path; PUT gives it to that consumer.

import Schema
import Store

struct CredentialEndpoints: Sendable {
    private static let owner = "consumer"

    let paths: CredentialPaths
    let credentials: EntityCollection
    let consumers: EntityCollection

    /// The endpoints of every credential that the enabled plugins bring.
    static func add(to routes: inout RouteTable, _ context: AdminContext) {
        guard let consumers = context.catalog.entity("consumers") else { return }
        for paths in CredentialPaths.known {
            guard let schema = context.catalog.entity(paths.entity) else { continue }
            CredentialEndpoints(
                paths: paths, credentials: EntityCollection(context: context, schema: schema),
                consumers: EntityCollection(context: context, schema: consumers)
            ).add(to: &routes)
        }
    }

    private func add(to routes: inout RouteTable) {
        let generic = CollectionEndpoints(collection: credentials)
        routes.add("/consumers/:/\(paths.below)", generic.nested(below: consumers, by: Self.owner))
        routes.add("/consumers/:/\(paths.below)/:", item)
        routes.add(
            "/\(paths.all)", Endpoint(["GET": { try await credentials.list($0, path: "/\(credentials.name)") }]))
        if paths.hasOwner {
            let get = generic.foreign(consumers, by: Self.owner).handlers["GET"]
            routes.add("/\(paths.all)/:/consumer", Endpoint(get.map { ["GET": $0] } ?? [:]))
        }
    }

    private var item: Endpoint {
        Endpoint(
            head: { _ = try await owned($0) },
            [
                "GET": { .ok(credentials.shown(try await owned($0))) },
                "PUT": { .ok(credentials.shown(try await put($0))) },
                "PATCH": { call in
                    let key = Key.id(try await owned(call).id)
                    let row = try await credentials.update(key) { credentials.members(call.body, stored: $0) }
                    return .ok(credentials.shown(row))
                },
                "DELETE": { call in
                    try await credentials.delete(.id(try await owned(call).id))
                    return .noContent
                },
            ])
    }

    /// The credential in the path, which belongs to the consumer in the path.
    private func owned(_ call: AdminCall) async throws -> Row {
        let consumer = try await consumers.require(call.captures[0]).id
        guard let row = try await find(credentials.key(call.captures[1]), of: consumer),
            row.reference(Self.owner) == consumer
        else { throw AdminRefusal.notFound }
        return row
    }

    private func put(_ call: AdminCall) async throws -> Row {
        let consumer = try await consumers.require(call.captures[0]).id
        var key = try credentials.key(call.captures[1])
        var members = credentials.members(call.body)
        members[Self.owner] = .reference(consumer)
        if case .field(let field, let value) = key, !isUnique(field) {
            members[field] = .string(value)
            guard let row = try await find(key, of: consumer) else { return try await credentials.insert(members) }
            key = .id(row.id)
        }
        let wanted = members
        return try await credentials.upsert(key) { _ in wanted }
    }

    /// A key that several consumers can have (an acl group) means the one of this consumer.
    private func find(_ key: Key, of consumer: String) async throws -> Row? {
        guard case .field(let field, let value) = key, !isUnique(field) else { return try await credentials.find(key) }
        let rows = try await credentials.context.store.children(
            of: ParentFilter(field: Self.owner, id: consumer), in: credentials.name)
        return rows.first { $0[field]?.string == value }
    }

    private func isUnique(_ field: String) -> Bool {
        credentials.schema.field(field)?.isUnique ?? false
    }
}
