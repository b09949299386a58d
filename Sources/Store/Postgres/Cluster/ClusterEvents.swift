// The rows of cluster_events that a transaction writes: which keys of their caches the other nodes must drop. Channels,
// keys and their order are those of Kong 1.1.2, since real Kong nodes may listen.

import Schema

/// One message to the other nodes.
struct ClusterEvent: Sendable, Hashable {
    enum Channel: String, Sendable {
        case invalidations
        case upstreams = "balancer:upstreams"
        case targets = "balancer:targets"
        case health = "balancer:post_health"
    }

    let channel: Channel
    let data: String
}

/// Collects the messages of a transaction.
struct ClusterEvents: Sendable {
    /// How a row came to change: a PUT names its key once, a PATCH twice, as Kong does.
    enum Manner {
        case create, update, upsert, delete

        var operation: Effect.Operation {
            switch self {
            case .create: .create
            case .update, .upsert: .update
            case .delete: .delete
            }
        }
    }

    /// Bulk changes name each key once; small ones as often as Kong would.
    private static let repeatLimit = 64

    private var events: [ClusterEvent] = []
    /// Those of rows that a delete took along. They follow those of the row itself.
    private var caused: [ClusterEvent] = []

    var isEmpty: Bool { events.isEmpty && caused.isEmpty }

    /// All messages in their order.
    var all: [ClusterEvent] {
        let all = events + caused
        guard all.count > Self.repeatLimit else { return all }
        var seen: Set<ClusterEvent> = []
        return all.filter { seen.insert($0).inserted }
    }

    mutating func add(_ event: ClusterEvent) {
        events.append(event)
    }

    mutating func add(_ effect: Effect, _ manner: Manner, _ table: PostgresTable, serverNames: [String]) {
        let made = Self.messages(effect, manner, table, serverNames)
        if effect.causedBy != nil {
            caused += made
        } else {
            events += made + caused
            caused = []
        }
    }

    private static func messages(
        _ effect: Effect, _ manner: Manner, _ table: PostgresTable, _ serverNames: [String]
    ) -> [ClusterEvent] {
        let keys = keys(effect, manner, table)
        switch effect.entity {
        case "services": return invalidations(keys + (effect.operation == .update ? ["router:version"] : []))
        case "routes": return invalidations(keys + ["router:version"])
        case "plugins": return invalidations(keys + ["plugins_map:version"])
        case "certificates": return invalidations(keys + serverNames.map { "certificates:\($0)" })
        case "snis": return invalidations(serverNameKeys(effect, table))
        case "acls": return invalidations(groupKeys(effect, table))
        case "upstreams": return invalidations(keys) + [upstreamMessage(effect)]
        case "targets": return invalidations(keys) + [targetMessage(effect)]
        default: return invalidations(keys)
        }
    }

    private static func invalidations(_ keys: [String]) -> [ClusterEvent] {
        keys.map { ClusterEvent(channel: .invalidations, data: $0) }
    }

    /// The cache keys of the row after and before. Beyond Kong, a PUT that changes the key names the old one, too:
    /// else it would stay valid on every node that had used it.
    private static func keys(_ effect: Effect, _ manner: Manner, _ table: PostgresTable) -> [String] {
        let new = effect.new.map(table.key)
        let old = effect.old.map(table.key)
        if manner == .upsert, new == old { return [new].compactMap(\.self) }
        return [new, old].compactMap(\.self)
    }

    private static func serverNameKeys(_ effect: Effect, _ table: PostgresTable) -> [String] {
        [effect.old, effect.new].compactMap(\.self).flatMap { row in
            [table.key(of: row), "certificates:\(row["name"]?.string ?? "")"]
        }
    }

    /// A consumer's groups are cached together, under a key without a group.
    private static func groupKeys(_ effect: Effect, _ table: PostgresTable) -> [String] {
        let rows = [effect.new ?? effect.old ?? [:]] + [effect.new == nil ? nil : effect.old].compactMap(\.self)
        var keys: [String] = []
        for (place, row) in rows.enumerated() {
            let consumer = row["consumer"]?["id"]?.string ?? ""
            let key = "acls:\(consumer)::::"
            if place == 0 || !keys.contains(key) { keys += [key, table.key(of: row)] }
        }
        return keys
    }

    private static func upstreamMessage(_ effect: Effect) -> ClusterEvent {
        let name = (effect.new ?? effect.old)?["name"]?.string ?? ""
        return ClusterEvent(channel: .upstreams, data: "\(effect.operation.rawValue):\(effect.id):\(name)")
    }

    /// Whatever happened to a target, Kong calls it "create"; only with its upstream is one deleted.
    private static func targetMessage(_ effect: Effect) -> ClusterEvent {
        let upstream = (effect.new ?? effect.old)?["upstream"]?["id"]?.string ?? ""
        let operation = effect.causedBy == nil ? "create" : "delete"
        return ClusterEvent(channel: .targets, data: "\(operation):\(upstream)")
    }
}
