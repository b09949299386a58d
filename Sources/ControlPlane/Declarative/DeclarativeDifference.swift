// What an import of a declarative document would change. Rows are found again by their id, else by what is unique about
// them, parents first, so that a document without ids can be compared, too.

import Schema
import Store

/// The difference between a document and a database.
package struct DeclarativeDifference: Sendable {
    /// A row that would be created or changed.
    package struct Entry: Sendable, Equatable {
        package let entity: String
        /// The id of the row that would be changed; nil for one that would be created.
        package let id: String?
        /// What people call the row; nil when it has no name.
        package let name: String?
        /// Empty for a row that would be created.
        package let changes: [FieldChange]
    }

    package private(set) var entries: [Entry] = []
    /// How many rows are the same in both.
    package private(set) var equalCount = 0
    /// How many rows only the database has: an import leaves them there.
    package private(set) var keptCount = 0

    package var isEmpty: Bool { entries.isEmpty }

    package init(
        from dataset: Dataset, to configuration: DeclarativeConfiguration, _ context: ValidationContext
    ) {
        var stored = StoredRows(dataset)
        var storedIDs: [String: String] = [:]
        var seen: [String: Set<String>] = [:]
        for (name, row) in configuration.rows {
            guard let entity = context.catalog.entity(name) else { continue }
            var row = row.referring(to: storedIDs, entity)
            if configuration.isPlain { row = entity.finished(row, in: context) }
            guard let old = stored.row(like: row, entity) else {
                entries.append(Entry(entity: name, id: nil, name: entity.label(of: row), changes: []))
                continue
            }
            storedIDs[row.id] = old.id
            seen[name, default: []].insert(old.id)
            let changes = FieldChange.all(from: old, to: row, entity)
            if changes.isEmpty {
                equalCount += 1
            } else {
                entries.append(Entry(entity: name, id: old.id, name: entity.label(of: old), changes: changes))
            }
        }
        for entity in context.catalog.entities where entity.access == .full && !entity.hasTTL {
            keptCount += dataset.count(of: entity.name) - (seen[entity.name]?.count ?? 0)
        }
    }
}

/// The rows of a database, found by what is unique about them.
private struct StoredRows {
    private let dataset: Dataset
    /// By entity; made when it is first asked for.
    private var indexes: [String: [String: Row]] = [:]

    init(_ dataset: Dataset) {
        self.dataset = dataset
    }

    mutating func row(like row: Row, _ entity: EntitySchema) -> Row? {
        if let stored = dataset.row(of: entity.name, id: row.id) { return stored }
        let keys = entity.uniqueKeys(of: row)
        guard !keys.isEmpty else { return nil }
        let index = indexes[entity.name] ?? index(entity)
        indexes[entity.name] = index
        return keys.lazy.compactMap { index[$0] }.first
    }

    private func index(_ entity: EntitySchema) -> [String: Row] {
        let pairs = dataset.rows(of: entity.name).flatMap { row in entity.uniqueKeys(of: row).map { ($0, row) } }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }
}

extension EntitySchema {
    /// What no other row of the entity may have: the values of unique fields, and of those unique together.
    fileprivate func uniqueKeys(of row: Row) -> [String] {
        let groups = uniqueFields.map { [$0.name] } + uniqueTogether
        return groups.compactMap { names in
            let values = names.map { row[$0] ?? .null }
            if names.count == 1, values[0].isNull { return nil }
            return "\(names) \(JSON.array(values).text)"
        }
    }

    fileprivate func label(of row: Row) -> String? {
        (endpointKey ?? variantKey).flatMap { row[$0]?.string }
    }
}

extension Row {
    /// The row with references to the rows that stand for those of the document.
    fileprivate func referring(to storedIDs: [String: String], _ entity: EntitySchema) -> Row {
        var row = self
        for (field, _) in entity.foreignFields {
            if let id = row[field.name]?["id"]?.string, let stored = storedIDs[id] {
                row[field.name] = .object(["id": .string(stored)])
            }
        }
        return row
    }
}
