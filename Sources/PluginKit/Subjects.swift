// The entities a request may concern, as plugins and the data plane see them: immutable, made when the
// configuration is compiled, with their texts as bytes ready for headers.

import Schema

/// A consumer as a request knows it.
package final class ConsumerInfo: Sendable {
    package let id: [UInt8]
    package let username: [UInt8]?
    package let customID: [UInt8]?
    /// The stored entity, for log lines.
    package let row: JSONObject

    package init(id: [UInt8], username: [UInt8]?, customID: [UInt8]?, row: JSONObject) {
        self.id = id
        self.username = username
        self.customID = customID
        self.row = row
    }
}

/// A route as a request knows it.
package final class RouteInfo: Sendable {
    package let id: [UInt8]
    package let name: [UInt8]?
    package let row: JSONObject

    package init(id: [UInt8], name: [UInt8]?, row: JSONObject) {
        self.id = id
        self.name = name
        self.row = row
    }
}

/// A service as a request knows it.
package final class ServiceInfo: Sendable {
    package let id: [UInt8]
    package let name: [UInt8]?
    package let row: JSONObject

    package init(id: [UInt8], name: [UInt8]?, row: JSONObject) {
        self.id = id
        self.name = name
        self.row = row
    }
}

/// A credential found by its key.
package final class CredentialInfo: Sendable {
    package let id: [UInt8]
    package let consumerID: [UInt8]
    /// What goes to the upstream as X-Credential-Username; only some kinds of credential have one.
    package let username: [UInt8]?
    /// The stored entity.
    package let row: JSONObject

    package init(id: [UInt8], consumerID: [UInt8], username: [UInt8]?, row: JSONObject) {
        self.id = id
        self.consumerID = consumerID
        self.username = username
        self.row = row
    }
}
