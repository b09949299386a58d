// Certificates with their names. A certificate is found by its id or by one of its names, and is written
// together with them in one step.

import Schema
import Store

struct CertificateEndpoints: Sendable {
    private static let unknownName = AdminRefusal(.message(404, "SNI not found"))

    let certificates: EntityCollection
    let snis: EntityCollection
    let names: CertificateNames

    private var context: AdminContext { certificates.context }

    init?(certificates: EntityCollection) {
        guard let schema = certificates.context.catalog.entity("snis") else { return nil }
        self.certificates = certificates
        snis = EntityCollection(context: certificates.context, schema: schema)
        names = CertificateNames(context: certificates.context, schema: schema)
    }

    func add(to routes: inout RouteTable) {
        routes.add("/certificates", Endpoint(["GET": { try await list($0) }, "POST": { try await post($0) }]))
        routes.add(
            "/certificates/:",
            Endpoint([
                "GET": { .ok(try await shown(try await existing($0))) }, "PUT": { try await put($0) },
                "PATCH": { try await patch($0) }, "DELETE": { try await delete($0) },
            ]))
        routes.add(
            "/certificates/:/snis", Endpoint(["GET": { try await listNames($0) }, "POST": { try await addName($0) }]))
        routes.add("/snis/:/certificate", .switchedOff("GET", "PUT", "PATCH", "DELETE"))
    }

    // MARK: - Finding

    /// The id of the certificate in the path; nil where a name is unknown.
    private func id(_ call: AdminCall) async throws -> String? {
        let segment = call.captures[0].decoded
        if UUIDText.isValid(segment) { return segment.lowercased() }
        return try await names.certificate(named: segment)
    }

    private func requiredID(_ call: AdminCall) async throws -> String {
        guard let id = try await id(call) else { throw Self.unknownName }
        return id
    }

    private func existing(_ call: AdminCall) async throws -> Row {
        let key = Key.id(try await requiredID(call))
        guard let row = try await certificates.find(key) else { throw key.notFound }
        return row
    }

    private func shown(_ row: Row) async throws -> JSON {
        var members = certificates.shown(row).object ?? row
        members["snis"] = .array(
            try await names.rows(of: row.id).compactMap { $0["name"]?.string }.sorted().map(JSON.string))
        return .object(members)
    }

    // MARK: - Certificates

    private func list(_ call: AdminCall) async throws -> AdminAnswer {
        var answer = try await certificates.list(call, path: "/certificates")
        guard var body = answer.body?.object, let rows = body["data"]?.array else { return answer }
        var decorated: [JSON] = []
        for row in rows { decorated.append(try await shown(row.object ?? JSONObject())) }
        body["data"] = .array(decorated)
        answer.body = .object(body)
        return answer
    }

    private func post(_ call: AdminCall) async throws -> AdminAnswer {
        let row = try await store(call.body, Key.id(context.validation.makeID()), isNew: true)
        return .created(try await shown(row))
    }

    /// PUT by an unknown name makes a certificate with that name.
    private func put(_ call: AdminCall) async throws -> AdminAnswer {
        if let id = try await id(call) {
            return .ok(try await shown(try await store(call.body, .id(id), isNew: false)))
        }
        let fresh = Key.id(context.validation.makeID())
        let row = try await store(call.body, fresh, isNew: true, extraName: call.captures[0].decoded)
        return .ok(try await shown(row))
    }

    private func patch(_ call: AdminCall) async throws -> AdminAnswer {
        let key = Key.id(try await requiredID(call))
        let row = try await context.write {
            guard let stored = try await certificates.find(key) else { throw key.notFound }
            var members = certificates.members(call.body)
            let wanted = try CertificateNames.wanted(members["snis"])
            members["snis"] = nil
            let row = try certificates.schema.validateUpdate(stored, with: members, in: context.validation)
            let write = Write.update(certificates.name, key, changes: row.changes(from: stored))
            return try await apply(write, row, wanted)
        }
        return .ok(try await shown(row))
    }

    private func delete(_ call: AdminCall) async throws -> AdminAnswer {
        let id = try await requiredID(call)
        try await context.write {
            guard try await certificates.find(.id(id)) != nil else { return ((), nil) }
            let writes = try await names.writes([], for: id) + [.delete(certificates.name, .id(id))]
            return ((), try await context.store.commit(writes))
        }
        return .noContent
    }

    /// Creates or replaces a certificate with the names that the body mentions.
    private func store(
        _ body: RequestBody, _ key: Key, isNew: Bool, extraName: String? = nil
    ) async throws -> Row {
        try await context.write {
            var members = certificates.members(body)
            var wanted = try CertificateNames.wanted(members["snis"])
            if let extraName, wanted?.contains(extraName) != true { wanted = (wanted ?? []) + [extraName] }
            members["snis"] = nil
            if !isNew || members["id"] == nil { members = key.fixing(members) }
            let row = try certificates.schema.validateInsert(members, in: context.validation)
            guard members["id"] != .null else { throw EntityError.nullPrimaryKey }
            let write = isNew ? Write.insert(certificates.name, row) : .upsert(certificates.name, key, row)
            return try await apply(write, row, wanted)
        }
    }

    private func apply(
        _ write: Write, _ row: Row, _ wanted: [String]?
    ) async throws -> (outcome: Row, pending: Pending?) {
        var writes = [write]
        if let wanted {
            try await names.check(wanted, for: row.id)
            writes += try await names.writes(wanted, for: row.id)
        }
        let pending = try await context.store.commit(writes)
        return ((pending.results.first ?? nil) ?? row, pending)
    }

    // MARK: - Names below a certificate

    private func listNames(_ call: AdminCall) async throws -> AdminAnswer {
        let id = try await parent(call)
        return try await snis.list(
            call, path: "/certificates/\(call.captures[0].raw)/snis", below: ParentFilter(field: "certificate", id: id))
    }

    private func addName(_ call: AdminCall) async throws -> AdminAnswer {
        var members = snis.members(call.body)
        members["certificate"] = .reference(try await parent(call))
        return .created(snis.shown(try await snis.insert(members)))
    }

    private func parent(_ call: AdminCall) async throws -> String {
        let id = try await requiredID(call)
        guard try await certificates.find(.id(id)) != nil else { throw AdminRefusal.notFound }
        return id
    }
}
