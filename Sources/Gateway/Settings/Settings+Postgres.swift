// The pg_* properties in the store's own terms.

import Store

extension Settings {
    /// How to reach the database of `database = postgres`.
    ///
    /// - Parameter timeout: in seconds, in place of pg_timeout: what --db-timeout asks for.
    func postgres(timeout: Double? = nil) -> PostgresSettings {
        var postgres = PostgresSettings()
        postgres.host = text("pg_host") ?? postgres.host
        postgres.port = number("pg_port").flatMap { Int(exactly: $0) } ?? postgres.port
        postgres.user = text("pg_user") ?? postgres.user
        postgres.password = text("pg_password")
        postgres.database = text("pg_database") ?? postgres.database
        postgres.schema = text("pg_schema")
        if flag("pg_ssl") {
            postgres.tls = flag("pg_ssl_verify") ? .verified(trusted: trustedCertificates ?? "") : .unverified
        }
        postgres.timeout = .seconds(timeout ?? (number("pg_timeout") ?? 5000) / 1000)
        postgres.pollInterval = .seconds(max(number("db_update_frequency") ?? 5, 0.1))
        postgres.propagation = .seconds(max(number("db_update_propagation") ?? 0, 0))
        return postgres
    }

    /// Where the rows of the last run are kept for a start without the database.
    var datasetPath: String { paths.state + "/database.rows" }
}
