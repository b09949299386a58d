// The health of one address of an upstream, shared by all event loops and kept while configurations come and go.

import Synchronization

package final class PeerHealth: Sendable {
    private let word: Atomic<UInt64>
    private let signal: HealthSignal

    package init(_ record: HealthRecord = HealthRecord(), signal: HealthSignal = HealthSignal()) {
        word = Atomic(record.packed)
        self.signal = signal
    }

    package var record: HealthRecord { HealthRecord(packed: word.load(ordering: .relaxed)) }

    /// Whether the address takes requests.
    package var isAvailable: Bool { record.isAvailable }

    /// Counts an event.
    ///
    /// - Returns: whether the address takes requests now, if it has just begun or ceased to; else nil.
    package func report(_ event: HealthEvent, limit: Int) -> Bool? {
        var held = word.load(ordering: .relaxed)
        while true {
            let before = HealthRecord(packed: held)
            let after = before.after(event, limit: limit)
            if after == before { return nil }
            let (isStored, found) = word.weakCompareExchange(
                expected: held, desired: after.packed, ordering: .relaxed)
            if isStored { return told(before, after) }
            held = found
        }
    }

    /// Sets the state by hand and starts counting anew.
    package func set(isHealthy: Bool) {
        let after = HealthRecord(isHealthy: isHealthy)
        let before = HealthRecord(packed: word.exchange(after.packed, ordering: .relaxed))
        _ = told(before, after)
    }

    private func told(_ before: HealthRecord, _ after: HealthRecord) -> Bool? {
        guard after.isAvailable != before.isAvailable else { return nil }
        signal.raise()
        return after.isAvailable
    }
}
