// The stored upstreams and targets as the compiler keeps them. A change goes to the one upstream it concerns; the
// snapshot is touched only when a name begins or ceases to be an upstream's.

import DataPlane
import Entities
import Schema
import Store

struct UpstreamIndex {
    private struct Entry {
        let name: String
        let settings: UpstreamSettings
    }

    private let node: Upstreams
    private var entries: [String: Entry] = [:]
    private var targets: [String: UpstreamTargets] = [:]
    /// Ids of upstreams whose settings or targets changed.
    private var changed: Set<String> = []
    /// The name under which each id is in force.
    private var inForce: [String: String] = [:]
    /// Everything was replaced since the last time.
    private var isLoaded = false

    init(_ node: Upstreams) {
        self.node = node
    }

    mutating func load(_ dataset: Dataset) {
        entries = [:]
        targets = [:]
        inForce = [:]
        for row in dataset.rows(of: Upstream.name) { set(row["id"]?.string ?? "", row) }
        for row in dataset.rows(of: Target.name) { setTarget(row["id"]?.string ?? "", old: nil, new: row) }
        changed = Set(entries.keys)
        isLoaded = true
    }

    mutating func take(_ effect: Effect) {
        if effect.entity == Upstream.name {
            set(effect.id, effect.new)
        } else {
            setTarget(effect.id, old: effect.old, new: effect.new)
        }
    }

    private mutating func set(_ id: String, _ row: Row?) {
        entries[id] = row.map { row in
            let upstream = Upstream(row: row)
            return Entry(name: upstream.name, settings: UpstreamSettings(upstream))
        }
        changed.insert(id)
    }

    private mutating func setTarget(_ id: String, old: Row?, new: Row?) {
        for row in [old, new] {
            guard let parent = row?["upstream"]?["id"]?.string else { continue }
            targets[parent, default: UpstreamTargets()].set(id, nil)
            if parent == new?["upstream"]?["id"]?.string { targets[parent]?.set(id, new) }
            if targets[parent]?.isEmpty == true { targets[parent] = nil }
            changed.insert(parent)
        }
    }

    /// Puts all changes in force.
    ///
    /// - Returns: whether a name began or ceased to be an upstream's, so that services have to be linked anew.
    mutating func apply() -> Bool {
        guard !changed.isEmpty || isLoaded else { return false }
        let gone = namesGone
        for name in gone { node.remove(name) }
        var isRelinked = isLoaded || !gone.isEmpty
        for id in changed {
            inForce[id] = entries[id]?.name
            guard let entry = entries[id] else { continue }
            isRelinked = isRelinked || node.find(entry.name) == nil
            node.set(entry.name, entry.settings, targets[id]?.history ?? [])
        }
        changed = []
        isLoaded = false
        return isRelinked
    }

    /// A loaded document makes up ids anew: there the name counts, so that health outlives a load. Otherwise an
    /// upstream that was made in place of a deleted one of the same name starts afresh.
    private var namesGone: [String] {
        if isLoaded {
            let names = Set(entries.values.map(\.name))
            return node.all.keys.filter { !names.contains($0) }
        }
        return changed.compactMap { id in inForce[id].flatMap { entries[id]?.name == $0 ? nil : $0 } }
    }

    /// The service with its host standing for the upstream of that name, if there is one.
    func link(_ service: ServicePlan) -> ServicePlan {
        service.linked(to: service.literal == nil ? node.find(service.host) : nil)
    }

    /// All upstreams by name.
    var all: [String: UpstreamBalancer] { node.all }
}
