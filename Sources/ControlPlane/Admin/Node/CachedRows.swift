// What /cache shows and removes. Nothing is cached here: requests are answered from the compiled configuration, which
// is always current. But who looks there for a credential that a request has used finds it, as with Kong, and who has
// removed it finds it no more until the next request.

import DataPlane
import PluginKit
import Schema

/// Consumers and credentials that requests have met.
package struct CachedRows: Sendable {
    private let source: SnapshotSource
    private let entities: [String]

    package init(_ source: SnapshotSource, _ catalog: Catalog) {
        self.source = source
        entities = SnapshotCompiler.credentialEntities(catalog).map(\.name)
    }

    /// The row under a key of Kong's, without what has no value.
    func row(_ key: String) -> JSONObject? {
        guard let subject = subject(key), subject.isCached else { return nil }
        return JSONObject(subject.row.filter { $0.value != .null }.map { ($0.key, $0.value) })
    }

    func remove(_ key: String) {
        subject(key)?.isCached = false
    }

    func removeAll() {
        let directory = source.newest.directory
        for consumer in directory.consumers.values { consumer.isCached = false }
        for table in directory.credentials {
            for credential in table.values { credential.isCached = false }
        }
    }

    /// Keys are `<entity>:<value>::::`.
    private func subject(_ key: String) -> (any Cacheable)? {
        guard let colon = key.firstIndex(of: ":"), key.hasSuffix("::::") else { return nil }
        let rest = key[key.index(after: colon)...]
        guard rest.utf8.count >= 4 else { return nil }
        let value = Array(rest.dropLast(4).utf8)
        let directory = source.newest.directory
        if key[..<colon] == "consumers" { return directory.consumers.find(value) }
        guard let place = entities.firstIndex(of: String(key[..<colon])) else { return nil }
        return directory.credentials[place].find(value)
    }
}
