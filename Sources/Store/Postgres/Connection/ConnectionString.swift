// The parameters of a connection as libpq takes them. Every one that matters is given, since libpq would fill the
// others from PG* variables and files of whoever started the node.

import CPostgres

struct ConnectionString {
    private let parameters: [(name: String, value: String)]

    init(_ settings: PostgresSettings) {
        var parameters = [
            ("host", settings.host), ("port", String(settings.port)), ("user", settings.user),
            ("password", settings.password ?? ""), ("dbname", settings.database), ("passfile", "/dev/null/none"),
            ("application_name", "kong"), ("client_encoding", "UTF8"), ("gssencmode", "disable"), ("options", ""),
            ("target_session_attrs", "any"), ("sslcert", ""), ("sslkey", ""),
            ("tcp_user_timeout", String(max(settings.timeout.components.seconds, 1) * 1000)),
        ]
        switch settings.tls {
        case .off: parameters.append(("sslmode", "disable"))
        case .unverified: parameters += [("sslmode", "require"), ("sslrootcert", "/dev/null/none")]
        case .verified(let trusted): parameters += [("sslmode", "verify-ca"), ("sslrootcert", trusted)]
        }
        self.parameters = parameters
    }

    /// Begins to connect; the host's name, if it is one, is resolved before this returns.
    func start() -> OpaquePointer? {
        PostgresText.withCStrings(parameters.map(\.name)) { names in
            PostgresText.withCStrings(parameters.map(\.value)) { values in
                PQconnectStartParams(names, values, 0)
            }
        }
    }
}
