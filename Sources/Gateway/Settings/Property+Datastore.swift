// The properties about where the configuration of the gateway lives.

extension Property {
    static let datastore = Section(
        title: "Datastore",
        properties: [
            Property(
                "database", .choice(["postgres", "cassandra", "off"], also: ["sqlite"]), default: "postgres",
                doc: "Where services, routes, plugins and the rest are kept: postgres; sqlite, a file on this node; or "
                    + "off, in memory from declarative_config. cassandra is recognised but cannot be started."),
            Property(
                "sqlite_path", .text(digits: false),
                doc:
                    "The database file of database = sqlite, absolute or below the prefix; kong.sqlite below the "
                    + "prefix when unset. This property is an addition to Kong's."),
            Property(
                "declarative_config", .text(digits: false),
                doc: "The YAML or JSON file that holds the whole configuration with database = off."),
        ])

    static let postgres = Section(
        title: "PostgreSQL",
        properties: [
            Property(
                "pg_host", .text(digits: false), default: "127.0.0.1",
                doc: "The server's name or address."),
            Property("pg_port", .number, default: "5432", doc: "The server's port."),
            Property(
                "pg_timeout", .number, default: "5000",
                doc: "How long to wait for the server, in milliseconds."),
            Property(
                "pg_user", .text(digits: false), default: "kong",
                doc: "The role to log in as."),
            Property(
                "pg_password", .text(digits: true), sensitive: true,
                doc: "The password of pg_user."),
            Property(
                "pg_database", .text(digits: false), default: "kong",
                doc: "The name of the database."),
            Property(
                "pg_schema", .text(digits: false),
                doc: "The schema of the tables; the role's current one when unset."),
            Property("pg_ssl", .boolean, default: "off", doc: "Whether to talk TLS to the server."),
            Property(
                "pg_ssl_verify", .boolean, default: "off",
                doc: "Whether to check the server's certificate against lua_ssl_trusted_certificate."),
        ])

    static let cassandra = Section(
        title: "Cassandra",
        properties: [
            Property(
                "cassandra_contact_points", .list, default: "127.0.0.1", meaning: never,
                doc: "Names or addresses of nodes."),
            Property("cassandra_port", .number, default: "9042", meaning: never, doc: "The port of all nodes."),
            Property(
                "cassandra_keyspace", .text(digits: false), default: "kong", meaning: never,
                doc: "The keyspace of the tables."),
            Property(
                "cassandra_timeout", .number, default: "5000", meaning: never,
                doc: "How long to wait for nodes, in milliseconds."),
            Property(
                "cassandra_ssl", .boolean, default: "off", meaning: never,
                doc: "Whether to talk TLS to the nodes."),
            Property(
                "cassandra_ssl_verify", .boolean, default: "off", meaning: never,
                doc: "Whether to check the nodes' certificates."),
            Property(
                "cassandra_username", .text(digits: false), default: "kong", meaning: never,
                doc: "The user to log in as."),
            Property(
                "cassandra_password", .text(digits: true), sensitive: true, meaning: never,
                doc: "The user's password."),
            Property(
                "cassandra_consistency",
                .choice(["ALL", "EACH_QUORUM", "QUORUM", "LOCAL_QUORUM", "ONE", "TWO", "THREE", "LOCAL_ONE"]),
                default: "ONE", meaning: never,
                doc: "How many replicas must agree."),
            Property(
                "cassandra_lb_policy",
                .choice(["RoundRobin", "RequestRoundRobin", "DCAwareRoundRobin", "RequestDCAwareRoundRobin"]),
                default: "RequestRoundRobin", meaning: never,
                doc: "How queries are spread over the nodes."),
            Property(
                "cassandra_local_datacenter", .text(digits: true), meaning: never,
                doc: "The data centre that the DCAware policies prefer."),
            Property(
                "cassandra_repl_strategy", .choice(["SimpleStrategy", "NetworkTopologyStrategy"]),
                default: "SimpleStrategy", meaning: never,
                doc: "The replication of a new keyspace."),
            Property(
                "cassandra_repl_factor", .number, default: "1", meaning: never,
                doc: "The replicas of a new keyspace."),
            Property(
                "cassandra_data_centers", .list, default: "dc1:2,dc2:3", meaning: never,
                doc: "The replicas of a new keyspace in each data centre."),
            Property(
                "cassandra_schema_consensus_timeout", .number, default: "10000", meaning: never,
                doc: "How long nodes may take to agree on a schema, in milliseconds."),
        ])

    private static let never = Meaning.inert("there is no Cassandra store; use postgres, sqlite or off")
}
