// The entities a request may concern, as plugins and the data plane see them: immutable, made when the
// configuration is compiled, with their texts as bytes ready for headers.

import Schema
import Synchronization

/// A consumer as a request knows it.
package final class ConsumerInfo: Sendable {
    package let id: [UInt8]
    package let username: [UInt8]?
    package let customID: [UInt8]?
    /// What metrics call it: its username, else its custom id, else its id.
    package let label: [UInt8]
    /// The stored entity, for log lines.
    package let row: JSONObject

    /// Whether a request has met it since it was made or taken out of the cache.
    private let used = Atomic<Bool>(false)

    private let text = EntityTextCache()

    package init(id: [UInt8], username: [UInt8]?, customID: [UInt8]?, row: JSONObject) {
        self.id = id
        self.username = username
        self.customID = customID
        label = username ?? customID ?? id
        self.row = row
    }

    /// The entity in log entries.
    package var entryText: EntityText { text.text(of: row) }
}

/// A route as a request knows it.
package final class RouteInfo: Sendable {
    package let id: [UInt8]
    package let name: [UInt8]?
    /// What metrics call it: its name, else its id.
    package let label: [UInt8]
    package let row: JSONObject

    private let text = EntityTextCache()

    package init(id: [UInt8], name: [UInt8]?, row: JSONObject) {
        self.id = id
        self.name = name
        label = name ?? id
        self.row = row
    }

    /// The entity in log entries.
    package var entryText: EntityText { text.text(of: row) }
}

/// A service as a request knows it.
package final class ServiceInfo: Sendable {
    package let id: [UInt8]
    package let name: [UInt8]?
    /// What metrics call it, as in Kong: its name, else its host.
    package let label: [UInt8]
    package let row: JSONObject

    private let text = EntityTextCache()

    package init(id: [UInt8], name: [UInt8]?, row: JSONObject) {
        self.id = id
        self.name = name
        label = name ?? Array((row["host"]?.string ?? "").utf8)
        self.row = row
    }

    /// The entity in log entries.
    package var entryText: EntityText { text.text(of: row) }
}

/// A credential found by its key.
package final class CredentialInfo: Sendable {
    package let id: [UInt8]
    package let consumerID: [UInt8]
    /// What goes to the upstream as X-Credential-Username; only some kinds of credential have one.
    package let username: [UInt8]?
    /// The stored entity.
    package let row: JSONObject

    /// Whether a request has met it since it was made or taken out of the cache.
    private let used = Atomic<Bool>(false)

    package init(id: [UInt8], consumerID: [UInt8], username: [UInt8]?, row: JSONObject) {
        self.id = id
        self.consumerID = consumerID
        self.username = username
        self.row = row
    }
}

/// Something that Kong would have in its cache from the first request on that needs it. Here everything is in memory
/// from the start; the mark only serves who asks the Admin API what is cached.
package protocol Cacheable: AnyObject {
    var row: JSONObject { get }
    var isCached: Bool { get set }
}

extension ConsumerInfo: Cacheable {
    package var isCached: Bool {
        get { used.load(ordering: .relaxed) }
        // Most requests find it set; who only reads disturbs no other core.
        set { if isCached != newValue { used.store(newValue, ordering: .relaxed) } }
    }
}

extension CredentialInfo: Cacheable {
    package var isCached: Bool {
        get { used.load(ordering: .relaxed) }
        set { if isCached != newValue { used.store(newValue, ordering: .relaxed) } }
    }
}
