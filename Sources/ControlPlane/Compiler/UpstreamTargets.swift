// The history of one upstream's targets: rows in the order in which they were added, each the newest word on a target.

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

    /// What the rows say, the newest last.
    package var history: [TargetSpec] {
        entries.values.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }.map(\.spec)
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
