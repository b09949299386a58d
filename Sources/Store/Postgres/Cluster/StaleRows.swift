// Which rows a node's copy may no longer have right, worked out from the messages of other nodes (and its own). Keys
// lead to rows in both directions: to those in the database that have the key now and to those of the copy that had it.

import Schema

/// What to read anew.
struct StaleRows {
    struct Part {
        var ids: Set<String> = []
        /// Whole cache keys, `<entity>:<parts>`.
        var keys: Set<String> = []
        /// Per foreign field, the ids of parents all of whose rows are stale.
        var parents: [String: Set<String>] = [:]
        var isWhole = false
    }

    /// Above this many rows a whole table is read faster than its rows by key.
    private static let bulk = 5000

    let tables: PostgresTables
    private(set) var parts: [String: Part] = [:]
    /// Names that certificates are served for.
    private(set) var serverNames: Set<String> = []

    init(_ tables: PostgresTables) {
        self.tables = tables
    }

    /// - Parameter isForeign: from a node that may have announced no more than what its own kind needs: a real Kong
    ///   that hears `router:version` reads all routes and services, so somebody may have sent just that.
    mutating func take(_ event: ClusterEvent, isForeign: Bool) {
        switch event.channel {
        case .invalidations: takeKey(event.data, isForeign)
        case .upstreams:
            let fields = event.data.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count >= 2 else { return }
            add(id: String(fields[1]), to: "upstreams")
            add(parent: String(fields[1]), field: "upstream", to: "targets")
        case .targets:
            let fields = event.data.split(separator: ":", maxSplits: 1)
            if fields.count == 2 { add(parent: String(fields[1]), field: "upstream", to: "targets") }
        case .health: break
        }
    }

    private mutating func takeKey(_ key: String, _ isForeign: Bool) {
        switch key {
        case "router:version": if isForeign { addWhole("routes", "services") }
        case "plugins_map:version": if isForeign { addWhole("plugins") }
        default:
            let entity = String(key.prefix { $0 != ":" })
            guard let table = tables[entity] else { return }
            let rest = key.dropFirst(entity.count + 1)
            if table.isKeyedByID {
                takeID(String(rest), entity)
            } else if let parent = table.parent(ofKey: rest) {
                add(parent: parent.id, field: parent.field, to: entity)
            } else {
                parts[entity, default: Part()].keys.insert(key)
            }
        }
    }

    /// `certificates:` has a second form, with a server's name in place of the id.
    private mutating func takeID(_ rest: String, _ entity: String) {
        if rest.hasSuffix("::::") {
            add(id: String(rest.dropLast(4)), to: entity)
        } else if entity == "certificates" {
            serverNames.insert(rest)
        }
    }

    mutating func add(id: String, to entity: String) {
        guard tables[entity] != nil, UUIDText.isValid(id) else { return }
        parts[entity, default: Part()].ids.insert(id.lowercased())
        if parts[entity]?.ids.count == Self.bulk { addWhole(entity) }
    }

    private mutating func add(parent: String, field: String, to entity: String) {
        guard tables[entity] != nil, UUIDText.isValid(parent) else { return }
        parts[entity, default: Part()].parents[field, default: []].insert(parent.lowercased())
    }

    mutating func addWhole(_ entities: String...) {
        for entity in entities where tables[entity] != nil { parts[entity, default: Part()].isWhole = true }
    }
}

extension PostgresTable {
    /// The parent that a key names when it names nothing else: `acls:<consumer>::::` is all groups of a consumer.
    fileprivate func parent(ofKey rest: Substring) -> (field: String, id: String)? {
        guard hasCacheKeyColumn, let field = keyFields.first, column(of: field)?.type == .parent,
            rest.hasSuffix("::::")
        else { return nil }
        let id = String(rest.dropLast(4))
        return id.contains(":") ? nil : (field, id)
    }

    /// The column that a key of this table names, and its value in it; nil when the key has no such form.
    func condition(ofCacheKey key: String) -> (column: String, value: String)? {
        if hasCacheKeyColumn { return ("cache_key", key) }
        let padding = String(repeating: ":", count: 5 - keyFields.count)
        let head = layout.entity.count + 1
        guard let field = keyFields.first, let column = column(of: field), key.hasSuffix(padding),
            key.count >= head + padding.count
        else { return nil }
        return (column.name, String(key.dropFirst(head).dropLast(padding.count)))
    }
}
