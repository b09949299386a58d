// The targets of an upstream are a history: each change adds a row, the newest row of a target counts, and
// weight 0 takes the target out. When few rows still count, the others go.

import Schema

struct TargetHistory: Sendable {
    /// Newest first.
    let rows: [Row]

    init(_ rows: [Row]) {
        self.rows = rows.sorted { one, other in
            let (first, second) = (one.createdAt, other.createdAt)
            return first == second ? one.id > other.id : first > second
        }
    }

    /// The newest row of each target that takes traffic.
    var active: [Row] {
        var seen: Set<String> = []
        return rows.filter { seen.insert($0.target).inserted && $0["weight"]?.number != 0 }
    }

    /// The active row of a target, named by `host:port` or by the id of any of its rows.
    func active(named name: String) -> Row? {
        let id = name.lowercased()
        let target = rows.first { $0.id == id }?.target ?? name
        return active.first { $0.target == target }
    }

    /// The rows that no longer count, once they are more than nine in ten; else none.
    var overdue: [Row] {
        let kept = Set(active.map(\.id))
        let obsolete = rows.filter { !kept.contains($0.id) }
        return Double(obsolete.count) > Double(rows.count) * 0.9 ? obsolete : []
    }

    /// A new row dated after the others of its target, so that it is the newest whatever the clock does.
    func dated(_ row: Row) -> Row {
        guard let newest = rows.first(where: { $0.target == row.target })?.createdAt, row.createdAt <= newest else {
            return row
        }
        var row = row
        row["created_at"] = .number(newest + 0.001)
        return row
    }
}

extension JSONObject {
    fileprivate var target: String { self["target"]?.string ?? "" }
    fileprivate var createdAt: Double { self["created_at"]?.number ?? 0 }
}
