// The targets of one upstream as their history makes them: rows in the order in which they were added, each the newest
// word on its target.

import DataPlane
import Schema

package struct UpstreamTargets: Sendable {
    private struct Entry: Sendable {
        let createdAt: Double
        let id: String
        let spec: TargetSpec
    }

    private var entries: [String: Entry] = [:]

    package init() {}

    package var isEmpty: Bool { entries.isEmpty }

    /// Takes over a row, or takes it away with nil.
    package mutating func set(_ id: String, _ row: Row?) {
        entries[id] = row.flatMap { row in
            guard let spec = TargetSpec(row) else { return nil }
            return Entry(createdAt: row["created_at"]?.number ?? 0, id: id, spec: spec)
        }
    }

    /// The targets that take requests, in the order in which they were added. A target that was taken out and comes
    /// back is added last.
    package var active: [TargetSpec] {
        let history = entries.values.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
        var places: [String: Int] = [:]
        var specs: [TargetSpec?] = []
        for entry in history {
            let place = places[entry.spec.name]
            if entry.spec.weight == 0 {
                if let place { specs[place] = nil }
                places[entry.spec.name] = nil
            } else if let place {
                specs[place] = entry.spec
            } else {
                places[entry.spec.name] = specs.count
                specs.append(entry.spec)
            }
        }
        return specs.compactMap { $0 }
    }
}

extension TargetSpec {
    /// Nil for a row without a usable target.
    fileprivate init?(_ row: Row) {
        guard let text = row["target"]?.string, let colon = text.lastIndex(of: ":"),
            let port = Int(text[text.index(after: colon)...])
        else { return nil }
        self.init(host: String(text[..<colon]), port: port, weight: Int(row["weight"]?.number ?? 0))
    }
}
