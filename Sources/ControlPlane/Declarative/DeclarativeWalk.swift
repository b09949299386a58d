// Walks a declarative document: takes nested entities apart, validates each row like one of the Admin API,
// and finds the rows that references mean once all rows are known.

import Schema

struct DeclarativeWalk {
    /// A row whose references by name are not resolved yet.
    private struct Entry {
        let entity: EntitySchema
        var row: Row
        /// What the document says of the parent, by foreign field.
        var references: [(field: String, entity: String, name: String)] = []
    }

    /// Stands in a foreign field until its reference is resolved, so that the row can be validated before.
    private static let placeholder = "00000000-0000-0000-0000-000000000000"

    let context: ValidationContext
    private var entries: [Entry] = []

    init(context: ValidationContext) {
        self.context = context
    }

    // MARK: - Reading

    /// Collects the rows of all sections; returns what is wrong with them.
    mutating func read(_ sections: JSONObject) -> DeclarativeFaults {
        var faults = DeclarativeFaults()
        if let text = Self.versionFault(sections["_format_version"]) { faults.add("_format_version", text) }
        for (name, value) in sections where name != "_format_version" {
            if name == "_transform" {
                // Later versions of Kong have it: false where values are as a database keeps them.
                if !value.isNull, value.bool == nil { faults.add(name, "expected a boolean") }
            } else if let text = Self.attributeFault(name, value) {
                faults.add(name, text)
            } else if Self.isAttribute(name) || value.isNull {
                continue
            } else if let entity = context.catalog.entity(name), entity.access == .full {
                if let fault = read(value, of: entity) { faults.add(name, fault) }
            } else {
                faults.add(name, "unknown field")
            }
        }
        return faults
    }

    private static func versionFault(_ version: JSON?) -> String? {
        switch version {
        case nil, .null?: "required field missing"
        case .string("1.1")?: nil
        case .string?: "value must be 1.1"
        default: "expected a string"
        }
    }

    private static func isAttribute(_ name: String) -> Bool {
        name == "_comment" || name == "_ignore"
    }

    private static func attributeFault(_ name: String, _ value: JSON) -> String? {
        switch name {
        case "_comment": value.isNull || value.string != nil ? nil : "expected a string"
        case "_ignore": value.isNull || value.array != nil ? nil : "expected an array"
        default: nil
        }
    }

    /// Reads a list of rows, top-level or nested in a parent.
    private mutating func read(
        _ value: JSON, of entity: EntitySchema, below parent: (field: String, id: String)? = nil
    ) -> DeclarativeFault? {
        guard let items = value.array ?? (value.object?.isEmpty == true ? [] : nil) else {
            return .text("expected an array")
        }
        var faults: [DeclarativeFault.Entry] = []
        for (place, item) in items.enumerated() {
            if let fault = readEntry(item, of: entity, below: parent) {
                faults.append(DeclarativeFault.Entry(number: place + 1, fault: fault))
            }
        }
        return faults.isEmpty ? nil : .entries(faults)
    }

    private mutating func readEntry(
        _ item: JSON, of entity: EntitySchema, below parent: (field: String, id: String)?
    ) -> DeclarativeFault? {
        guard let members = item.object else { return .text("expected a record") }
        let children = context.catalog.children(of: entity.name).filter { members[$0.entity.name] != nil }
        let (own, attributeFaults) = Self.withoutAttributes(members, children: children)
        var faults = readRow(own, of: entity, below: parent)
        let id = faults.isEmpty ? entries[entries.count - 1].row.id : Self.placeholder
        for (name, text) in attributeFaults { faults.add(name, text) }
        for child in children {
            guard let value = members[child.entity.name], !value.isNull else { continue }
            if let fault = read(value, of: child.entity, below: (child.field, id)) {
                faults.add(child.entity.name, fault)
            }
        }
        return faults.isEmpty ? nil : .members(faults)
    }

    /// A row's own members, without nested rows and what is only said in documents.
    private static func withoutAttributes(
        _ members: JSONObject, children: [Catalog.Child]
    ) -> (own: JSONObject, faults: [(String, String)]) {
        var own = members
        var faults: [(String, String)] = []
        for child in children { own[child.entity.name] = nil }
        for name in ["_comment", "_ignore"] {
            if let value = own[name], let text = attributeFault(name, value) { faults.append((name, text)) }
            own[name] = nil
        }
        return (own, faults)
    }

    /// Validates a row; a good one joins the entries.
    private mutating func readRow(
        _ members: JSONObject, of entity: EntitySchema, below parent: (field: String, id: String)?
    ) -> DeclarativeFaults {
        var members = members
        var faults = Violations()
        var entry = Entry(entity: entity, row: [:])
        for (field, key) in entity.foreignFields {
            let given = members[field.name] ?? .null
            if field.name == parent?.field {
                if !given.isNull { faults.fields[field.name] = .text("value must be null") }
                members[field.name] = .reference(parent?.id ?? Self.placeholder)
            } else if let name = given.string {
                entry.references.append((field.name, key.entity, name))
                members[field.name] = .reference(Self.placeholder)
            } else if !given.isNull {
                faults.fields[field.name] = .text("expected a string")
                members[field.name] = .reference(Self.placeholder)
            }
        }
        do {
            entry.row = try entity.validateInsert(members, in: context)
            if faults.isEmpty { entries.append(entry) }
        } catch {
            faults.entity = error.entity
            faults.fields.merge(error.fields) { first, _ in first }
        }
        return DeclarativeFaults(faults)
    }

    // MARK: - References

    /// All rows with their references resolved, each after those it refers to.
    mutating func resolve(_ faults: inout DeclarativeFaults) -> [(entity: String, row: Row)] {
        let ids = index()
        for place in entries.indices {
            for reference in entries[place].references {
                if let id = Self.id(reference.name, in: ids[reference.entity]) {
                    entries[place].row[reference.field] = .reference(id)
                } else {
                    let text =
                        "invalid reference '\(reference.field): \(reference.name)' "
                        + "(no such entry in '\(reference.entity)')"
                    faults.append(text, under: label(of: entries[place]), of: entries[place].entity.name)
                }
            }
        }
        let byEntity = Dictionary(grouping: entries, by: \.entity.name)
        return context.catalog.entities.flatMap { entity in
            (byEntity[entity.name] ?? []).map { (entity.name, $0.row) }
        }
    }

    /// Ids by id and by endpoint key, for every entity. The first of several rows of one name has it.
    private func index() -> [String: [String: String]] {
        var ids: [String: [String: String]] = [:]
        for entry in entries {
            let id = entry.row.id
            ids[entry.entity.name, default: [:]][id] = id
            if let key = entry.entity.endpointKey, let name = entry.row[key]?.string,
                ids[entry.entity.name]?[name] == nil
            {
                ids[entry.entity.name, default: [:]][name] = id
            }
        }
        return ids
    }

    private static func id(_ name: String, in ids: [String: String]?) -> String? {
        ids?[UUIDText.isValid(name) ? name.lowercased() : name]
    }

    private func label(of entry: Entry) -> String {
        entry.entity.endpointKey.flatMap { entry.row[$0]?.string } ?? entry.row.id
    }
}
