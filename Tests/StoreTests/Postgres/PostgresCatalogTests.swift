// The tables that all migrations together make: against what a Kong 1.1.2 node makes (Tests/Postgres), and against what
// the declarations of entities say.

import Entities
import Foundation
import Plugins
import Schema
import Store
import Testing

@Suite(.enabled(if: PostgresServer.isInstalled))
struct PostgresCatalogTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Postgres")

    private let bed: PostgresBed
    private let query: String

    init() throws {
        bed = try PostgresBed()
        query = try String(contentsOf: Self.folder.appendingPathComponent("catalog.sql"), encoding: .utf8)
    }

    /// What the server says of a table, in the form of the recorded catalog.
    private func table(_ name: String) throws -> JSONObject {
        let rows = try bed.sql(query.replacing("'TABLE'", with: "'\(name)'"))
        return try #require(rows.first.flatMap { try? JSON(parsing: $0) }?.object, "no table \(name)")
    }

    private func tableNames() throws -> [String] {
        try bed.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    }

    @Test
    func `all migrations together make the tables of Kong`() throws {
        let file = try Data(contentsOf: Self.folder.appendingPathComponent("catalog.json"))
        let tables = try #require(JSON(parsing: Array(file))["tables"]?.object)
        #expect(try tableNames() == tables.keys.sorted())
        for (name, recorded) in tables {
            let made = try table(name)
            for (aspect, wanted) in recorded.object ?? [:] where !Self.remarks.contains(aspect) {
                #expect(made[aspect] == wanted, "\(aspect) of \(name)")
            }
        }
    }

    /// Members of the recorded catalog that are no part of a definition.
    private static let remarks: Set<String> = ["purpose", "rows_after_start"]

    @Test
    func `every declared field has its column, and every column is declared`() throws {
        for entity in Self.entities {
            let columns = Dictionary(
                (try table(entity.name)["columns"]?.array ?? []).map { ($0["name"]?.string ?? "", $0["type"]?.string) },
                uniquingKeysWith: { first, _ in first })
            for field in entity.fields {
                let type = try #require(columns[Self.column(field)], "\(field.name) of \(entity.name)") ?? ""
                #expect(Self.types(field).contains(type), "\(field.name) of \(entity.name)")
            }
            let undeclared = Set(columns.keys).subtracting(entity.fields.map(Self.column))
            #expect(undeclared.subtracting(Self.ownColumns(entity)) == [], "of \(entity.name)")
        }
    }

    @Test
    func `what is declared unique is unique, and references are foreign keys`() throws {
        for entity in Self.entities {
            let table = try table(entity.name)
            let unique = Set((table["unique"]?.array ?? []).compactMap { $0["columns"]?.array?.first?.string })
            for field in entity.uniqueFields { #expect(unique.contains(field.name), "\(field.name) of \(entity.name)") }
            #expect(entity.uniqueTogether.isEmpty || unique.contains("cache_key"), "of \(entity.name)")
            for (field, key) in entity.foreignFields {
                let found = (table["foreign_keys"]?.array ?? []).first {
                    $0["columns"] == [.string(Self.column(field))]
                }
                #expect(found?["table"]?.string == key.entity, "\(field.name) of \(entity.name)")
                let reaction = key.onDelete == .cascade ? "cascade" : "no action"
                #expect(found?["on_delete"]?.string == reaction, "\(field.name) of \(entity.name)")
            }
        }
    }

    @Test
    func `what a table must have is required or made up`() throws {
        for entity in Self.entities {
            for column in try table(entity.name)["columns"]?.array ?? [] where column["nullable"] == false {
                let field = entity.field(column["name"]?.string ?? "")
                #expect(field?.isRequired == true || field?.auto != nil, "\(column) of \(entity.name)")
            }
        }
    }

    // MARK: - What the declarations say

    private static var entities: [EntitySchema] {
        Catalog(core: CoreEntities.all, plugins: Builtins.declarations).entities.filter { $0.access != .readOnly }
    }

    private static func column(_ field: FieldSpec) -> String {
        field.kind.foreignKey == nil ? field.name : field.name + "_id"
    }

    /// Columns of tables that are in no declaration: keys made of others, when a row ends, what an older Kong had.
    private static func ownColumns(_ entity: EntitySchema) -> Set<String> {
        var columns: Set<String> = entity.hasTTL ? ["ttl"] : []
        if !entity.uniqueTogether.isEmpty { columns.insert("cache_key") }
        if ["plugins", "oauth2_tokens", "oauth2_authorization_codes"].contains(entity.name) {
            columns.insert("api_id")
        }
        return columns
    }

    private static func types(_ field: FieldSpec) -> Set<String> {
        switch field.auto {
        case .createdAt, .updatedAt: return ["timestamp with time zone"]
        default: break
        }
        switch field.kind {
        case .string: return field.isPrimaryKey ? ["uuid"] : ["text"]
        case .integer: return ["integer", "bigint"]
        case .number: return ["double precision"]
        case .boolean: return ["boolean"]
        case .foreign: return ["uuid"]
        case .map, .record, .variant: return ["jsonb"]
        case .array(let element), .set(let element):
            if case .string = element.kind { return ["text[]"] }
            return ["jsonb[]"]
        }
    }
}
