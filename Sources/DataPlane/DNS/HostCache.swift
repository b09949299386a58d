// The names an event loop knows, with a limit on their number. Pure: time is handed in.

/// Names by their lower-case spelling. When full it forgets a name that was not used for a while: a sweeping hand
/// (second chance) approximates least-recently-used with one store per hit.
package final class HostCache {
    private let limit: Int
    private let staleMilliseconds: Int64
    private let errorMilliseconds: Int64
    private var entries: [String: HostEntry] = [:]
    private var ring: [HostEntry] = []
    private var hand = 0

    package init(limit: Int, staleLifetime: Duration, errorLifetime: Duration) {
        self.limit = max(1, limit)
        staleMilliseconds = staleLifetime.wholeMilliseconds
        errorMilliseconds = errorLifetime.wholeMilliseconds
    }

    package var count: Int { entries.count }

    /// A usable entry: fresh, or a good answer within its stale time.
    package func entry(for name: String, now: Int64) -> HostEntry? {
        guard let entry = entries[name], isUsable(entry, now: now) else { return nil }
        entry.wasUsed = true
        return entry
    }

    /// The type that answered last time, even if the answer is too old to use.
    package func lastType(of name: String) -> RecordType? {
        entries[name]?.lastType
    }

    /// Keeps an answer and returns the entry to go on with.
    ///
    /// A failure of the servers does not replace a good answer within its stale time; that nothing is there does.
    package func store(_ outcome: LookupOutcome, for name: String, now: Int64) -> HostEntry {
        guard let entry = entries[name] else { return insert(HostEntry(name: name, outcome: outcome, now: now)) }
        if case .failure(let failure) = outcome.answer, !failure.isUnresolvable, isUsable(entry, now: now) {
            entry.refreshDue = now + errorMilliseconds
        } else {
            entry.update(outcome, now: now)
        }
        return entry
    }

    private func isUsable(_ entry: HostEntry, now: Int64) -> Bool {
        if now < entry.expiry { return true }
        // A lifetime of zero means this one time only, and an old failure is no better than a new question.
        guard case .success = entry.answer, !entry.isForOneUse else { return false }
        return now < entry.expiry + staleMilliseconds
    }

    private func insert(_ entry: HostEntry) -> HostEntry {
        if ring.count < limit {
            ring.append(entry)
        } else {
            while ring[hand].wasUsed {
                ring[hand].wasUsed = false
                hand = (hand + 1) % ring.count
            }
            entries[ring[hand].name] = nil
            ring[hand] = entry
            hand = (hand + 1) % ring.count
        }
        entries[entry.name] = entry
        return entry
    }
}
