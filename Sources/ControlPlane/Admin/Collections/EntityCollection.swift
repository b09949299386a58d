// The rows of one entity as the Admin API reads and writes them. Everything here is derived from the
// entity's declaration; endpoints, generic or not, are made of these operations.

import Schema
import Store

struct EntityCollection: Sendable {
    let context: AdminContext
    let schema: EntitySchema
    private let rules: WriteRules

    init(context: AdminContext, schema: EntitySchema) {
        self.context = context
        self.schema = schema
        rules = WriteRules.of(schema.name)
    }

    var name: String { schema.name }

    // MARK: - Reads

    /// The key that a path segment stands for: the id if it looks like one, else the endpoint key's value.
    func key(_ segment: PathSegment) throws(EntityError) -> Key {
        switch try schema.rowName(segment.decoded, in: context.validation) {
        case .id(let id): .id(id)
        case .key(let field, let value): .field(field, value)
        }
    }

    func find(_ key: Key) async throws -> Row? {
        try await context.store.row(of: name, key)
    }

    /// The row a segment names, or the end of the request with 404.
    func require(_ segment: PathSegment) async throws -> Row {
        guard let row = try await find(key(segment)) else { throw AdminRefusal.notFound }
        return row
    }

    /// One page of the rows, below a parent or all.
    func list(_ call: AdminCall, path: String, below parent: ParentFilter? = nil) async throws -> AdminAnswer {
        let arguments = try PageArguments(call.query, isTaggable: schema.isTaggable && parent == nil)
        let page = try await context.store.page(
            PageQuery(
                entity: name, size: arguments.size, offset: arguments.offset, parent: parent, tags: arguments.tags))
        return .page(page.rows.map(shown), next: page.offset, path: path, tags: arguments.tagsAsSent)
    }

    /// A row as answers show it.
    func shown(_ row: Row) -> JSON { .object(schema.completed(row, in: context.validation)) }

    // MARK: - Writes

    /// The members of a write's body, with the types of form values taken from the schema.
    /// - Parameter stored: The row that is changed, whose plugin name says what its `config` holds.
    func members(_ body: RequestBody, stored: Row? = nil) -> JSONObject {
        guard case .form(let members) = body else { return body.members }
        return schema.inferred(fromForm: members, stored: stored, in: context.validation)
    }

    /// The members of a body that changes a row (PATCH). Kong reads a plugin's JSON like a form there: texts become
    /// what the schema says.
    func changes(_ body: RequestBody, to stored: Row?) -> JSONObject {
        guard schema.variantKey != nil else { return members(body, stored: stored) }
        return schema.inferred(fromForm: body.members, stored: stored, in: context.validation)
    }

    /// Adds a row (POST).
    func insert(_ members: JSONObject) async throws -> Row {
        try await context.write {
            try await rules.check?(members, context)
            var members = members
            let ttl = try schema.takeTTL(from: &members)
            let row = expiring(try schema.validateInsert(members, in: context.validation), after: ttl)
            guard members["id"] != .null else { throw EntityError.nullPrimaryKey }
            return try await apply(.insert(name, row))
        }
    }

    /// Creates or replaces a row (PUT). The body is read under the lock, since a plugin that is there keeps what
    /// the body does not mention, and its stored name decides how a form is understood.
    func upsert(_ key: Key, _ body: @escaping @Sendable (Row?) throws -> JSONObject) async throws -> Row {
        try await context.write {
            let stored = schema.variantKey == nil ? nil : try await find(key)
            var members = key.fixing(try body(stored))
            let ttl = try schema.takeTTL(from: &members)
            try await rules.check?(
                stored.map { schema.merged($0, with: members, context.validation) } ?? members, context)
            let row = expiring(try schema.validateUpsert(members, over: stored, in: context.validation), after: ttl)
            return try await apply(.upsert(name, key, row))
        }
    }

    /// Changes what the body names (PATCH).
    func update(_ key: Key, _ body: @escaping @Sendable (Row) throws -> JSONObject) async throws -> Row {
        try await context.write {
            guard let stored = try await find(key) else { throw rules.missing?(key) ?? key.notFound }
            var members = try body(stored)
            let ttl = try schema.takeTTL(from: &members)
            try await rules.check?(schema.merged(stored, with: members, context.validation), context)
            let row = expiring(try schema.validateUpdate(stored, with: members, in: context.validation), after: ttl)
            return try await apply(.update(name, key, changes: row.changes(from: stored)))
        }
    }

    /// - Parameter ttl: seconds from now, 0 for ever; nil leaves it as it is.
    private func expiring(_ row: Row, after ttl: Int?) -> Row {
        guard let ttl else { return row }
        var row = row
        row["ttl"] = ttl == 0 ? .null : .number(context.validation.now().rounded(.down) + Double(ttl))
        return row
    }

    private func apply(_ write: Write) async throws -> (outcome: Row, pending: Pending?) {
        let pending = try await context.store.commit([write])
        guard let row = pending.results.first ?? nil else { throw AdminRefusal(.unexpectedError) }
        return (row, pending)
    }

    /// Removes a row; one that is not there is as good as removed.
    func delete(_ key: Key) async throws {
        try await context.write {
            guard try await find(key) != nil else { return ((), nil) }
            return ((), try await context.store.commit([.delete(name, key)]))
        }
    }
}

extension Key {
    /// The members of a body with the key from the path in them, which goes before the body's own.
    func fixing(_ members: JSONObject) -> JSONObject {
        var members = members
        switch self {
        case .id(let id): members["id"] = .string(id)
        case .field(let field, let value): members[field] = .string(value)
        }
        return members
    }

    /// Kong's error for a row that is to be changed and is not there.
    var notFound: EntityError {
        switch self {
        case .id(let id): .notFound(id: id)
        case .field(let field, let value): .notFound(field, .string(value))
        }
    }
}
