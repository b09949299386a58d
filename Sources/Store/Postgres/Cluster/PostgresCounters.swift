// Kong's tables of counters: ratelimiting_metrics and response_ratelimiting_metrics, of one form. Many counters go in
// one statement, in one order, so that two nodes that count the same things never wait for each other in a circle.

/// The key of one counter.
package struct StoredCounter: Hashable, Sendable {
    package let identifier: String
    package let period: String
    /// When the window began, in seconds since the epoch.
    package let startSeconds: Int64
    package let serviceID: String
    package let routeID: String

    package init(identifier: String, period: String, startSeconds: Int64, serviceID: String, routeID: String) {
        self.identifier = identifier
        self.period = period
        self.startSeconds = startSeconds
        self.serviceID = serviceID.lowercased()
        self.routeID = routeID.lowercased()
    }
}

extension PostgresStore {
    /// The counts of those that have one.
    package func counts(_ table: String, _ counters: [StoredCounter]) async throws(StoreError) -> [StoredCounter: Int] {
        try await counting { connection in
            let values = CounterSQL.keys(counters)
            return CounterSQL.counts(try connection.execute(CounterSQL.select(table), values))
        }
    }

    /// Adds to counters and gives the counts before. What `refund` says is given back in the same transaction: nobody
    /// sees the counts in between. It may be asked more than once.
    @discardableResult
    package func count(
        _ table: String, _ amounts: [StoredCounter: Int],
        refund: @escaping @Sendable (_ before: [StoredCounter: Int]) -> [StoredCounter: Int] = { _ in [:] }
    ) async throws(StoreError) -> [StoredCounter: Int] {
        try await counting { connection in
            var rest = Self.tries
            while true {
                rest -= 1
                do {
                    return try CounterSQL.count(table, amounts, refund, connection)
                } catch let error as PostgresError {
                    guard error.isTransient, rest > 0, !connection.isBroken else { throw error }
                }
            }
        }
    }

    private func counting(
        _ work: @escaping @Sendable (PostgresConnection) throws -> [StoredCounter: Int]
    ) async throws(StoreError) -> [StoredCounter: Int] {
        try requireDatabase()
        do {
            return try await pool.run(canRepeat: false, work)
        } catch {
            throw StoreError(error, settings)
        }
    }
}

private enum CounterSQL {
    private static let key = "identifier, period, period_date, service_id, route_id"
    private static let result =
        "m.identifier, m.period, extract(epoch FROM m.period_date)::bigint, m.service_id, m.route_id, m.value"
    private static let given = "$1::text[], $2::text[], $3::bigint[], $4::uuid[], $5::uuid[]"
    private static let names = "identifier, period, start, service_id, route_id"

    static func select(_ table: String) -> String {
        """
        SELECT \(result) FROM unnest(\(given)) AS k (\(names)) JOIN \(table) m
        ON m.identifier = k.identifier AND m.period = k.period AND m.period_date = to_timestamp(k.start)
        AND m.service_id = k.service_id AND m.route_id = k.route_id
        """
    }

    private static func add(_ table: String) -> String {
        """
        INSERT INTO \(table) AS m (\(key), value)
        SELECT k.identifier, k.period, to_timestamp(k.start), k.service_id, k.route_id, k.amount
        FROM unnest(\(given), $6::integer[]) AS k (\(names), amount) ORDER BY 1, 2, 3, 4, 5
        ON CONFLICT (\(key)) DO UPDATE SET value = coalesce(m.value, 0) + EXCLUDED.value RETURNING \(result)
        """
    }

    static func count(
        _ table: String, _ amounts: [StoredCounter: Int],
        _ refund: ([StoredCounter: Int]) -> [StoredCounter: Int], _ connection: PostgresConnection
    ) throws -> [StoredCounter: Int] {
        do {
            // A count that is lost when the server's machine fails is no loss worth waiting for the disk.
            try connection.execute("BEGIN; SET LOCAL synchronous_commit TO off")
            let after = try change(table, amounts, connection)
            let before = after.reduce(into: [:]) { $0[$1.key] = $1.value - (amounts[$1.key] ?? 0) }
            let back = refund(before).filter { $0.value != 0 }
            if !back.isEmpty { try change(table, back.mapValues { -$0 }, connection) }
            try connection.execute("COMMIT")
            return before
        } catch {
            connection.rollBack()
            throw error
        }
    }

    @discardableResult
    private static func change(
        _ table: String, _ amounts: [StoredCounter: Int], _ connection: PostgresConnection
    ) throws -> [StoredCounter: Int] {
        let counters = Array(amounts.keys)
        let values = keys(counters) + [PostgresText.array(counters.map { String(amounts[$0] ?? 0) })]
        return counts(try connection.execute(add(table), values))
    }

    static func keys(_ counters: [StoredCounter]) -> [String?] {
        [
            PostgresText.array(counters.map(\.identifier)), PostgresText.array(counters.map(\.period)),
            PostgresText.array(counters.map { String($0.startSeconds) }),
            PostgresText.array(counters.map(\.serviceID)), PostgresText.array(counters.map(\.routeID)),
        ]
    }

    static func counts(_ result: PostgresResult) -> [StoredCounter: Int] {
        var counts: [StoredCounter: Int] = [:]
        for row in 0..<result.count {
            let counter = StoredCounter(
                identifier: result.text(row, 0) ?? "", period: result.text(row, 1) ?? "",
                startSeconds: result.text(row, 2).flatMap { Int64($0) } ?? 0, serviceID: result.text(row, 3) ?? "",
                routeID: result.text(row, 4) ?? "")
            counts[counter] = result.text(row, 5).flatMap { Int($0) } ?? 0
        }
        return counts
    }
}
