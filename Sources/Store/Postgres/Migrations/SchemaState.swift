// Where a database stands among the migrations that a node wants.

/// Migrations by subsystem, in the order in which they run.
package typealias MigrationList = [(subsystem: MigrationSubsystem, migrations: [PostgresMigration])]

/// What schema_meta tells.
package struct SchemaState: Sendable {
    package struct Record: Sendable {
        var executed: [String] = []
        var pending: [String] = []

        package init(executed: [String] = [], pending: [String] = []) {
            self.executed = executed
            self.pending = pending
        }
    }

    private let subsystems: [MigrationSubsystem]
    /// By subsystem; nil without the table.
    private let records: [String: Record]?
    /// The version before 1.0 kept its record in a table of its own; the names there, by subsystem.
    package let legacy: [String: [String]]?

    package init(
        _ subsystems: [MigrationSubsystem], records: [String: Record]?, legacy: [String: [String]]? = nil
    ) {
        self.subsystems = subsystems
        self.records = records
        self.legacy = legacy
    }

    /// The state of a store that has no migrations of its own: all is done.
    package static func complete(_ subsystems: [MigrationSubsystem]) -> SchemaState {
        let records = subsystems.map { ($0.name, Record(executed: $0.migrations.map(\.name))) }
        return SchemaState(subsystems, records: Dictionary(records, uniquingKeysWith: { first, _ in first }))
    }

    package var needsBootstrap: Bool { records == nil }
    package var isUpToDate: Bool { !needsBootstrap && new.isEmpty }

    package var executed: MigrationList { list { record, name in record.executed.contains(name) } }

    /// Done but for their second half.
    package var pending: MigrationList {
        list { record, name in !record.executed.contains(name) && record.pending.contains(name) }
    }

    package var new: MigrationList {
        list { record, name in !record.executed.contains(name) && !record.pending.contains(name) }
    }

    /// Everything there is, or with `force` everything that is not waiting for its second half.
    package var all: MigrationList { list { _, _ in true } }

    private func list(_ isWanted: (Record, String) -> Bool) -> MigrationList {
        subsystems.compactMap { subsystem in
            let record = records?[subsystem.name] ?? Record()
            let migrations = subsystem.migrations.filter { isWanted(record, $0.name) }
            return migrations.isEmpty ? nil : (subsystem, migrations)
        }
    }
}
