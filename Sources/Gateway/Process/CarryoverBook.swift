// Which carryovers of its workers a master still has to hold: those of workers that live, and those of ended ones until
// a worker serves that began with them.

import Glibc

/// The carryovers of a node's workers.
package struct CarryoverBook {
    private struct Entry {
        let pid: pid_t
        let place: CarryoverPlace
        /// The memory of workers whose figures are in this one's.
        let taken: [Int32]
        var serves = false
        var hasEnded = false
    }

    /// The oldest first.
    private var entries: [Entry] = []

    package init() {}

    /// What the next worker is to be told.
    package func launch(own: CarryoverPlace, questions: Int32) -> CarryoverLaunch {
        CarryoverLaunch(
            own: own, questions: questions, ended: entries.filter(\.hasEnded).map(\.place.memory),
            living: entries.filter { !$0.hasEnded }.map(\.place))
    }

    package mutating func started(_ pid: pid_t, _ launch: CarryoverLaunch) {
        entries.append(Entry(pid: pid, place: launch.own, taken: launch.ended))
    }

    /// Notes that a worker serves: what it began with is written down in its own carryover.
    ///
    /// - Returns: the descriptors that are of no use any more.
    package mutating func served(_ pid: pid_t) -> [Int32] {
        guard let place = entries.firstIndex(where: { $0.pid == pid }) else { return [] }
        entries[place].serves = true
        let taken = entries[place].taken
        return remove { taken.contains($0.place.memory) }
    }

    /// Notes the end of a worker. One that never served leaves nothing, and what it began with stays for another.
    ///
    /// - Returns: the descriptors that are of no use any more.
    package mutating func ended(_ pid: pid_t) -> [Int32] {
        guard let place = entries.firstIndex(where: { $0.pid == pid }) else { return [] }
        entries[place].hasEnded = true
        return entries[place].serves ? [] : remove { $0.pid == pid }
    }

    private mutating func remove(_ isOver: (Entry) -> Bool) -> [Int32] {
        defer { entries.removeAll(where: isOver) }
        return entries.filter(isOver).flatMap { [$0.place.memory, $0.place.asks] }
    }
}
