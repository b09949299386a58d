// The end of a transaction that changed something: its rows in cluster_events, the notification and the commit, in one
// round trip. Transactions of our nodes pass here one at a time (an advisory lock), so that the times of their rows
// rise in the order of their commits and a reader that has seen one has missed none before it.

import Schema

struct EventWriter: Sendable {
    let nodeID: String

    /// "gibbon": the lock's key within this database.
    private static let lock = 0x6769_6262_6F6E
    /// Seconds that rows live, as Kong's: its trigger removes them afterwards.
    private static let lifetime = 3600.0

    private let insert: String

    init(nodeID: String, propagation: Duration) {
        self.nodeID = nodeID
        insert = Self.insert(PostgresText.literal(nodeID), delay: propagation.seconds)
    }

    /// Commits. When this fails because the connection broke, nobody knows whether the change was made.
    ///
    /// - Returns: the id of one of the rows, by which the node knows its change again when it reads them.
    @discardableResult
    func commit(_ events: ClusterEvents, on connection: PostgresConnection) throws(PostgresError) -> String? {
        let (events, ids) = (events.all, events.all.map { _ in UUIDText.random() })
        let tail = " \(ids.first ?? "") \(connection.schema)"
        let values = [
            PostgresText.array(ids), PostgresText.array(events.map(\.channel.rawValue)),
            PostgresText.array(events.map(\.data)), tail,
        ]
        try connection.execute(together: [
            PostgresStatement(sql: "SELECT pg_advisory_xact_lock(\(Self.lock))"),
            PostgresStatement(sql: insert, values: values), PostgresStatement(sql: "COMMIT"),
        ])
        return ids.first
    }

    /// Gets ids, channels and data of the rows, and the end of the notification.
    private static func insert(_ node: String, delay: Double) -> String {
        let lifetime = max(Self.lifetime, 10 * delay)
        let later =
            delay > 0 ? "CASE WHEN e.channel = 'invalidations' THEN c.at + interval '\(delay) seconds' END" : "NULL"
        return """
            WITH c AS (SELECT date_trunc('milliseconds', clock_timestamp()) AS at), \
            w AS (INSERT INTO cluster_events (id, node_id, at, nbf, expire_at, channel, data) \
            SELECT e.id, \(node)::uuid, c.at, \(later), c.at + interval '\(lifetime) seconds', e.channel, e.data \
            FROM c, unnest($1::uuid[], $2::text[], $3::text[]) AS e (id, channel, data)) \
            SELECT pg_notify('\(ChangeNotification.channel)', \
            \(node) || ' ' || extract(epoch FROM c.at)::text || $4::text) FROM c
            """
    }
}

extension Duration {
    /// In seconds, with a fraction.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
