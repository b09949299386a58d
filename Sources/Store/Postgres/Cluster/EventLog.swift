// What a node has read of cluster_events. Rows of our own nodes come in the order of their commits, with times of the
// server's clock; those of real Kong nodes have the times of their own clocks and may be committed late, so that they
// are looked for further back. Every row is acted on once.

import Schema

/// A row of cluster_events.
struct LoggedEvent {
    let event: ClusterEvent
    /// Whether this node wrote it itself.
    let isOwn: Bool
    /// Whether a node wrote it that announces nothing, such as a real Kong.
    let isForeign: Bool
}

struct EventLog {
    /// How far back rows are looked for whose coming nobody announced.
    private let window: Duration
    private let nodeID: String
    private var seen: [String: ContinuousClock.Instant] = [:]
    private var lastCleanup = ContinuousClock.now
    /// Nodes that announce what they write: ours.
    private var ownKind: Set<String>
    /// The newest time among rows of our nodes, as PostgreSQL writes it in epoch seconds.
    private var latest = 0.0

    init(_ settings: PostgresSettings, nodeID: String) {
        window = max(.seconds(60), settings.pollInterval * 4) + settings.propagation
        ownKind = [nodeID]
        self.nodeID = nodeID
    }

    /// Takes note of a notification. Its time tells how far back the next read must go at the least.
    ///
    /// - Returns: false when its rows have been read already.
    mutating func hear(_ notification: ChangeNotification) -> Bool {
        ownKind.insert(notification.nodeID)
        guard seen[notification.eventID] == nil else { return false }
        latest = latest == 0 ? notification.time : min(latest, notification.time)
        return true
    }

    func hasSeen(_ eventID: String) -> Bool { seen[eventID] != nil }

    /// Begins at this time of the server's clock: what came before is in the rows that are about to be loaded.
    mutating func begin(at time: Double) {
        latest = time
    }

    /// The query for the rows that may be new.
    ///
    /// - Parameter isPoll: looks as far back as the row of a node may come late that announces nothing.
    func query(isPoll: Bool) -> String {
        var condition = "at >= to_timestamp(\(latest - 0.001))"
        if isPoll {
            let own = PostgresText.literal(PostgresText.array(ownKind))
            condition =
                "at >= now() - interval '\(window.seconds) seconds' AND "
                + "(\(condition) OR node_id <> ALL (\(own)::uuid[]))"
        }
        return "SELECT id, node_id, channel, data, extract(epoch FROM at) FROM cluster_events "
            + "WHERE \(condition) ORDER BY at"
    }

    /// Takes the rows of the query.
    ///
    /// - Returns: those that are new and of a channel that is known.
    mutating func take(_ result: PostgresResult) -> [LoggedEvent] {
        forgetOld()
        var events: [LoggedEvent] = []
        var newest = 0.0
        for line in 0..<result.count {
            guard let id = result.text(line, 0), seen.updateValue(.now, forKey: id) == nil else { continue }
            let node = result.text(line, 1) ?? ""
            let isForeign = !ownKind.contains(node)
            if !isForeign { newest = max(newest, result.text(line, 4).flatMap { Double($0) } ?? 0) }
            guard let channel = result.text(line, 2).flatMap(ClusterEvent.Channel.init) else { continue }
            let event = ClusterEvent(channel: channel, data: result.text(line, 3) ?? "")
            events.append(LoggedEvent(event: event, isOwn: node == nodeID, isForeign: isForeign))
        }
        if newest > 0 { latest = newest }
        return events
    }

    private mutating func forgetOld() {
        guard lastCleanup + window < .now else { return }
        lastCleanup = .now
        seen = seen.filter { $0.value + window * 2 > .now }
    }
}

/// What our nodes tell each other beside the rows of cluster_events, so that nobody has to wait for the next poll.
struct ChangeNotification {
    static let channel = "gibbon_changes"

    let nodeID: String
    /// The time in the rows that it announces, in epoch seconds of the server's clock.
    let time: Double
    /// One of the rows.
    let eventID: String
    let schema: String

    /// Nil for what is none of ours.
    init?(_ payload: String) {
        let parts = payload.split(separator: " ", maxSplits: 3)
        guard parts.count == 4, let time = Double(parts[1]) else { return nil }
        nodeID = String(parts[0])
        eventID = String(parts[2])
        schema = String(parts[3])
        self.time = time
    }
}
