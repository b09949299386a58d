// The rows of a database as a declarative document: flat, sorted and with their ids, so that the exports of two days
// can be compared line by line and an import brings the same rows back.

import Schema
import Store

/// A declarative document made of rows.
package struct DeclarativeExport: Sendable {
    /// The sections in the order in which they are written.
    private let document: JSONObject
    /// How many rows are in it.
    package let count: Int

    /// What is issued while the gateway runs and expires by itself is no configuration: tokens are left out.
    package init(_ dataset: Dataset, _ context: ValidationContext) {
        var context = context
        context.isDocument = true
        var sections = JSONObject()
        var isPlain = true
        var count = 0
        for entity in context.catalog.entities where entity.access == .full && !entity.hasTTL {
            let rows = dataset.rows(of: entity.name).sorted { $0.id < $1.id }
            guard !rows.isEmpty else { continue }
            // What a row becomes when it is stored it has become: an import must not do it a second time.
            if rows.contains(where: { entity.finished($0, in: context) != $0 }) { isPlain = false }
            sections[entity.name] = .array(rows.map { .object(entity.exported($0, context)) })
            count += rows.count
        }
        var document: JSONObject = ["_format_version": "1.1"]
        if !isPlain { document["_transform"] = false }
        document.merge(sections)
        self.document = document
        self.count = count
    }

    package var yaml: String { YAMLWriter.text(of: document) }

    /// A line for each row.
    package var json: String {
        let sections = document.map { name, value in
            guard let rows = value.array else { return "\(JSON.string(name).text): \(value.text)" }
            return "\(JSON.string(name).text): [\n\(rows.map(\.text).joined(separator: ",\n"))\n]"
        }
        return "{\n\(sections.joined(separator: ",\n"))\n}\n"
    }
}

extension EntitySchema {
    /// A row as it stands in a document. Nulls are left out where reading the document brings them back; one over a
    /// default has to be written.
    fileprivate func exported(_ row: Row, _ context: ValidationContext) -> JSONObject {
        var brief = JSONObject()
        // The time of the last change is that of the import.
        for field in fields where field.auto != .updatedAt {
            if let value = row[field.name], !value.isNull { brief[field.name] = value.withoutNulls }
        }
        let reread = try? validateInsert(brief, in: context)
        var exported = JSONObject()
        for field in fields where field.auto != .updatedAt {
            var value = row[field.name]
            // In the declared order, which not every database keeps.
            if let same = reread?[field.name], same == value { value = same.isNull ? nil : same.withoutNulls }
            if let value { exported[field.name] = field.kind.foreignKey == nil ? value : value["id"] ?? .null }
        }
        return exported
    }
}
