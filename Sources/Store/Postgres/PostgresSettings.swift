// What a connection to PostgreSQL needs to know: the pg_* properties of kong.conf in the store's own terms.

/// Where the database is and how to talk to it.
package struct PostgresSettings: Sendable, Hashable {
    package enum TLS: Sendable, Hashable {
        case off
        /// Encrypted, whoever the server is.
        case unverified
        /// The server's certificate must lead to one of this file (PEM). Names are not compared, as in Kong.
        case verified(trusted: String)
    }

    package var host = "127.0.0.1"
    package var port = 5432
    package var user = "kong"
    package var password: String?
    package var database = "kong"
    /// Nil for the role's current one.
    package var schema: String?
    package var tls = TLS.off
    /// How long connecting, and then each statement, may take.
    package var timeout: Duration = .seconds(5)
    /// How often to look for events that no notification announced (db_update_frequency).
    package var pollInterval: Duration = .seconds(5)
    /// How long other nodes wait until they act on an event (db_update_propagation).
    package var propagation: Duration = .zero

    package init() {}

    /// Which rows a node would see; a data set on disk is of use only to one that sees the same.
    var identity: String { "\(host):\(port)/\(database)/\(schema ?? "")" }

    /// For reports; never the password.
    var address: String { "\(database) at \(host):\(port)" }
}
