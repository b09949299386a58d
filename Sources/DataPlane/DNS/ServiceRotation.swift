// Chooses among the records of an SRV answer.

/// Weighted round robin over the records of the best (lowest) priority. The records of a weight come evenly spread,
/// not in a row, and the sequence is the same on every node.
package struct ServiceRotation {
    private var records: [ServiceRecord] = []
    private var standings: [Int] = []
    private var total = 0

    package init(_ all: [ServiceRecord]) {
        let best = all.map(\.priority).min()
        records = all.filter { $0.priority == best }
        standings = records.map { _ in 0 }
        total = records.reduce(0) { $0 + ServiceRotation.weight($1) }
    }

    package mutating func next() -> ServiceRecord? {
        guard var chosen = records.indices.first else { return nil }
        for index in records.indices {
            standings[index] += ServiceRotation.weight(records[index])
            if standings[index] > standings[chosen] { chosen = index }
        }
        standings[chosen] -= total
        return records[chosen]
    }

    /// Weight 0 counts as 1, as in Kong.
    private static func weight(_ record: ServiceRecord) -> Int {
        max(1, record.weight)
    }
}
