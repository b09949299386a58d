// The `snis` member of certificates: names that are rows of their own, shown and written with the
// certificate they belong to.

import Schema
import Store

struct CertificateNames: Sendable {
    private static let parent = "certificate"

    let context: AdminContext
    let schema: EntitySchema

    /// The names in a body: nil where they are not mentioned, none where they are null. What is no list counts as not
    /// mentioned, as in Kong: a form has to say `snis[]`.
    static func wanted(_ value: JSON?) throws(Violations) -> [String]? {
        switch value {
        case .null?, .object?: return []
        case .array(let items)?:
            let names = items.compactMap(\.string)
            guard names.count == items.count else { throw Violations(field: "snis", "expected a string") }
            return names
        case nil, .bool?, .number?, .string?: return nil
        }
    }

    func rows(of certificate: String) async throws -> [Row] {
        try await context.store.children(of: ParentFilter(field: Self.parent, id: certificate), in: schema.name)
    }

    /// The certificate that a name belongs to.
    func certificate(named name: String) async throws -> String? {
        try await context.store.row(of: schema.name, .field("name", name))?.reference(Self.parent)
    }

    /// Refuses names that come twice or belong to another certificate.
    func check(_ names: [String], for certificate: String?) async throws {
        var seen: Set<String> = []
        for name in names {
            guard seen.insert(name).inserted else { throw Violations(field: "snis", "\(name) is duplicated") }
            guard !name.isEmpty else { throw EntityError.invalidUnique("name", "length must be at least 1") }
            if let owner = try await self.certificate(named: name), owner != certificate {
                throw Violations(
                    field: "snis", "\(name) already associated with existing certificate '\(owner)'")
            }
        }
    }

    /// The writes that give a certificate exactly these names.
    func writes(_ names: [String], for certificate: String) async throws -> [Write] {
        let old = try await rows(of: certificate)
        let kept = Set(old.compactMap { $0["name"]?.string })
        let removed = old.filter { !names.contains($0["name"]?.string ?? "") }
        var writes = removed.map { Write.delete(schema.name, .id($0.id)) }
        for name in names where !kept.contains(name) {
            let members: JSONObject = ["name": .string(name), Self.parent: .reference(certificate)]
            writes.append(.insert(schema.name, try schema.validateInsert(members, in: context.validation)))
        }
        return writes
    }
}
