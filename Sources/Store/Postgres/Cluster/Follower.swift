// Keeps a node's copy of the rows true to the database over one connection: all rows at first, then whatever the rows
// of cluster_events name. Every step reads within one snapshot of the database and takes all messages in it, so that
// the copy goes from one state of the database to a later one and never shows half of a change.

import Schema

/// Follows the database on one thread.
struct Follower {
    private let tables: PostgresTables
    private var mirror: Mirror
    private var log: EventLog

    /// - Parameter dataset: what is known so far: nothing, or the last data set of an earlier run.
    init(_ tables: PostgresTables, _ dataset: Dataset, _ log: EventLog) {
        self.tables = tables
        self.log = log
        mirror = Mirror(tables, dataset)
    }

    var dataset: Dataset { mirror.dataset }

    /// Reads everything anew. What was told before is in it and is not acted upon again.
    ///
    /// - Returns: false when nothing differs from what was known.
    mutating func load(_ connection: PostgresConnection) throws -> Bool {
        let clock = try connection.execute(
            "LISTEN \(ChangeNotification.channel); SELECT extract(epoch FROM clock_timestamp())")
        var next = Dataset(layouts: tables.layouts, revision: dataset.revision + 1)
        var log = self.log
        log.begin(at: clock.text(0, 0).flatMap { Double($0) } ?? 0)
        try connection.snapshot(log.query(isPoll: true)) { events in
            _ = log.take(events)
            for table in tables.all {
                for row in try connection.allRows(table) { next.insert(row, into: table.layout.entity) }
            }
        }
        // What was announced meanwhile is in these rows, or it is read next.
        self.log = log
        guard !next.hasSameRows(as: dataset, in: tables.layouts) else { return false }
        mirror = Mirror(tables, next)
        return true
    }

    /// Takes note of what has been announced. True when there is something to read.
    mutating func hear(_ payloads: [String], schema: String) -> Bool {
        var isNew = false
        for notification in payloads.compactMap(ChangeNotification.init) where notification.schema == schema {
            if log.hear(notification) { isNew = true }
        }
        return isNew
    }

    /// Whether a row of cluster_events has been acted on.
    func hasRead(_ eventID: String?) -> Bool {
        eventID.map(log.hasSeen) ?? false
    }

    /// What a step found.
    struct Step {
        var committed: Committed?
        /// Messages that are not about rows.
        var health: [String] = []
    }

    /// Reads what the new messages name and takes it over.
    ///
    /// - Parameter isPoll: looks for messages that nobody announced as well.
    mutating func advance(_ connection: PostgresConnection, isPoll: Bool) throws -> Step {
        var log = self.log
        var step = Step()
        let effects = try connection.snapshot(log.query(isPoll: isPoll)) { result in
            let events = log.take(result)
            step.health = events.filter { $0.event.channel == .health && !$0.isOwn }.map(\.event.data)
            return try differences(events, connection)
        }
        self.log = log
        if !effects.isEmpty { step.committed = take(effects) }
        return step
    }

    /// Drops the rows of the copy that have expired; the database's own go by a statement of their own.
    mutating func dropExpired() -> Committed? {
        var effects: [Effect] = []
        for table in tables.all where table.schema.hasTTL {
            let entity = table.layout.entity
            for row in dataset.rows(of: entity) where table.hasExpired(row) {
                guard let id = table.layout.id(of: row) else { continue }
                effects.append(Effect(.delete, entity, id: id, old: row, new: nil))
            }
        }
        return effects.isEmpty ? nil : take(effects)
    }

    private mutating func take(_ effects: [Effect]) -> Committed {
        let committed = Committed(revision: dataset.revision + 1, effects: effects, results: [])
        mirror.apply(committed)
        return committed
    }

    /// Creations and updates with parents first, then deletions with parents last.
    private func differences(_ events: [LoggedEvent], _ connection: PostgresConnection) throws -> [Effect] {
        var stale = StaleRows(tables)
        for event in events { stale.take(event.event, isForeign: event.isForeign) }
        try addCertificates(&stale, connection)
        var changes: [Effect] = []
        var deletions: [Effect] = []
        for table in tables.all {
            guard let part = stale.parts[table.layout.entity] else { continue }
            let ids = mirror.ids(of: part, in: table)
            let found = try connection.rows(table, part, ids)
            let effects = mirror.differences(in: table, among: ids, found)
            changes += effects.filter { $0.operation != .delete }
            deletions = effects.filter { $0.operation == .delete } + deletions
        }
        return changes + deletions
    }

    /// A server's name stands for its sni and for the certificate that this leads to, now or before.
    private func addCertificates(_ stale: inout StaleRows, _ connection: PostgresConnection) throws {
        guard !stale.serverNames.isEmpty, let table = tables["snis"], let name = table.column(of: "name") else {
            return
        }
        let stored = try connection.rows(table, where: name, stale.serverNames)
        let known = dataset.rows(of: "snis").filter { stale.serverNames.contains($0["name"]?.string ?? "") }
        for row in stored + known {
            if let id = row["id"]?.string { stale.add(id: id, to: "snis") }
            if let id = row["certificate"]?["id"]?.string { stale.add(id: id, to: "certificates") }
        }
    }
}

extension PostgresConnection {
    /// The stale rows of a table, by id.
    fileprivate func rows(
        _ table: PostgresTable, _ part: StaleRows.Part, _ ids: Set<String>
    ) throws -> [String: Row] {
        if part.isWhole { return table.byID(try allRows(table)) }
        var rows: [Row] = []
        if !ids.isEmpty, let key = table.column(of: table.layout.key.field) {
            rows += try self.rows(table, where: key, ids)
        }
        let conditions = part.keys.compactMap(table.condition)
        if let column = conditions.first?.column {
            let sql = "\(table.selectAll) WHERE \(PostgresText.identifier(column)) = ANY($1::text[])"
            rows += try table.rows(execute(sql, [PostgresText.array(conditions.map(\.value))]))
        }
        for (field, parents) in part.parents {
            guard let column = table.column(of: field) else { continue }
            rows += try self.rows(table, where: column, parents)
        }
        return table.byID(rows)
    }
}

extension PostgresTable {
    fileprivate func byID(_ rows: [Row]) -> [String: Row] {
        Dictionary(
            rows.compactMap { row in layout.id(of: row).map { ($0, row) } }, uniquingKeysWith: { _, last in last })
    }
}
