// Queries for rows of an entity on one connection, used by reads and inside transactions.

import Schema

extension PostgresConnection {
    /// The row with this key unless it has expired.
    func liveRow(_ table: PostgresTable, _ key: Key) throws -> JSONObject? {
        guard let (column, value) = try table.condition(of: key) else { return nil }
        return try table.rows(execute(table.selectLive(where: column), [value])).first
    }

    /// The row with this key, expired or not, locked until the end of the transaction: neither it nor what refers to
    /// it can change meanwhile.
    func lockedRow(_ table: PostgresTable, _ key: Key) throws -> JSONObject? {
        guard let (column, value) = try table.condition(of: key) else { return nil }
        return try rows(table, where: column, [value], isLocking: true).first
    }

    /// The rows with one of these values.
    func rows(
        _ table: PostgresTable, where column: PostgresColumn, _ values: some Sequence<String>, isLocking: Bool = false
    ) throws -> [JSONObject] {
        let sql = table.select(where: column, isLocking: isLocking)
        return try table.rows(execute(sql, [PostgresText.array(values)]))
    }

    func rollBack() {
        guard !isToBegin else { return isToBegin = false }
        if !isBroken { _ = try? execute("ROLLBACK") }
    }

    /// A view of one instant, which sees whole transactions or nothing of them.
    ///
    /// - Parameters:
    ///   - sql: the first query in it, sent along with the beginning.
    ///   - body: gets its rows.
    func snapshot<Value>(_ sql: String, _ body: (PostgresResult) throws -> Value) throws -> Value {
        do {
            let first = try execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \(sql)")
            let value = try body(first)
            try execute("COMMIT")
            return value
        } catch {
            rollBack()
            throw error
        }
    }

    /// Every row of an entity, expired ones as well.
    func allRows(_ table: PostgresTable) throws -> [JSONObject] {
        try table.rows(execute(table.selectAll))
    }
}
