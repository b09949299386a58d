// The end of a transaction that changed something: its rows in cluster_events, the notification and the commit, in one
// round trip. Transactions of our nodes pass here one at a time (an advisory lock), so that the times of their rows
// rise in the order of their commits and a reader that has seen one has missed none before it.

import Schema

struct EventWriter: Sendable {
    let nodeID: String
    let propagation: Duration

    /// "gibbon": the lock's key within this database.
    private static let lock = 0x6769_6262_6F6E
    /// Seconds that rows live, as Kong's: its trigger removes them afterwards.
    private static let lifetime = 3600.0

    /// Commits. When this fails because the connection broke, nobody knows whether the change was made.
    func commit(_ events: ClusterEvents, on connection: PostgresConnection) throws(PostgresError) {
        try connection.execute(
            "SELECT pg_advisory_xact_lock(\(Self.lock)); \(insert(events.all, connection.schema)); COMMIT")
    }

    private func insert(_ events: [ClusterEvent], _ schema: String) -> String {
        let eventIDs = events.map { _ in UUIDText.random() }
        let ids = PostgresText.literal(PostgresText.array(eventIDs))
        let channels = PostgresText.literal(PostgresText.array(events.map(\.channel.rawValue)))
        let data = PostgresText.literal(PostgresText.array(events.map(\.data)))
        let node = PostgresText.literal(nodeID)
        let delay = propagation.seconds
        let lifetime = max(Self.lifetime, 10 * delay)
        let later =
            delay > 0 ? "CASE WHEN e.channel = 'invalidations' THEN c.at + interval '\(delay) seconds' END" : "NULL"
        let tail = PostgresText.literal(" \(eventIDs.first ?? "") \(schema)")
        return """
            WITH c AS (SELECT date_trunc('milliseconds', clock_timestamp()) AS at), \
            w AS (INSERT INTO cluster_events (id, node_id, at, nbf, expire_at, channel, data) \
            SELECT e.id, \(node)::uuid, c.at, \(later), c.at + interval '\(lifetime) seconds', e.channel, e.data \
            FROM c, unnest(\(ids)::uuid[], \(channels)::text[], \(data)::text[]) AS e (id, channel, data)) \
            SELECT pg_notify('\(ChangeNotification.channel)', \
            \(node) || ' ' || extract(epoch FROM c.at)::text || \(tail)) FROM c
            """
    }
}

extension Duration {
    /// In seconds, with a fraction.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
