// What LDAP servers have said about names and passwords, for as long as a configuration wants that remembered. Each
// event loop has its own. Passwords are not kept: an entry is found by a digest under a key that is made up anew for
// each worker and known to nobody.

import PluginKit

final class LDAPVerdicts: OutboundState {
    enum Verdict {
        /// With what the request is to be told of.
        case accepted(CredentialInfo)
        case refused
        /// The server could not be asked. Never remembered.
        case unknown
    }

    private struct Entry {
        let verdict: Verdict
        /// In milliseconds since the epoch.
        let expiry: Int64
    }

    private let limit: Int
    private let secret: [UInt8]
    private var entries: [[UInt8]: Entry] = [:]
    /// The entries' keys from the oldest on; those before `oldest` are gone.
    private var order: [[UInt8]] = []
    private var oldest = 0
    /// Who waits for a question that is under way.
    private var waiting: [[UInt8]: [(Verdict) -> Void]] = [:]

    /// - Parameter limit: how many verdicts are remembered; the oldest makes room.
    init(limit: Int) {
        self.limit = limit
        var random = SystemRandomNumberGenerator()
        secret = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    func flush() {}

    /// What stands for a name and a password in one configuration.
    func key(_ scope: [UInt8], _ name: [UInt8], _ password: [UInt8]) -> [UInt8] {
        // With its length before it no part can be taken for the beginning of the next.
        let parts = [scope, name, password].flatMap { Array("\($0.count):".utf8) + $0 }
        return KeyedDigest.sha256.sign(parts, with: secret)
    }

    func find(_ key: [UInt8], now: Int64) -> Verdict? {
        guard let entry = entries[key], entry.expiry > now else { return nil }
        return entry.verdict
    }

    /// Has `done` called with what comes of a question.
    ///
    /// - Returns: whether nobody has asked it yet, so that the caller must and tell `settle`.
    func wait(for key: [UInt8], _ done: @escaping (Verdict) -> Void) -> Bool {
        let isFirst = waiting[key] == nil
        waiting[key, default: []].append(done)
        return isFirst
    }

    /// Tells all who wait, and remembers the verdict until then.
    func settle(_ key: [UInt8], _ verdict: Verdict, until expiry: Int64?) {
        switch verdict {
        case .accepted, .refused:
            if let expiry { remember(key, Entry(verdict: verdict, expiry: expiry)) }
        case .unknown: break
        }
        for done in waiting.removeValue(forKey: key) ?? [] { done(verdict) }
    }

    private func remember(_ key: [UInt8], _ entry: Entry) {
        if entries.updateValue(entry, forKey: key) == nil { order.append(key) }
        if entries.count > limit {
            entries[order[oldest]] = nil
            oldest += 1
        }
        if oldest > limit {
            order.removeFirst(oldest)
            oldest = 0
        }
    }
}
