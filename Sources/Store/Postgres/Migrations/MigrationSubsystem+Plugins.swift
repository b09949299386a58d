// The tables of plugins, as Kong 1.1.2 has them.

extension MigrationSubsystem {
    static let acl = MigrationSubsystem(
        name: "acl",
        migrations: [
            PostgresMigration(
                "000_base_acl",
                up: """
                    CREATE TABLE IF NOT EXISTS acls (\(TableText.credential), "group" TEXT);
                    \(TableText.index("acls_consumer_id_idx", on: "acls", "consumer_id"))\
                    \(TableText.index("acls_group_idx", on: "acls", "\"group\""))
                    """),
            PostgresMigration(
                "001_14_to_15", up: "ALTER TABLE acls ADD COLUMN IF NOT EXISTS cache_key TEXT UNIQUE",
                teardown: """
                    UPDATE acls SET cache_key = concat_ws(':', 'acls', coalesce(consumer_id::text, ''),
                      coalesce("group", ''), '', '', '') WHERE cache_key IS NULL
                    """),
        ])

    static let basicAuth = MigrationSubsystem(
        name: "basic-auth",
        migrations: [
            PostgresMigration(
                "000_base_basic_auth",
                up: """
                    CREATE TABLE IF NOT EXISTS basicauth_credentials (
                      \(TableText.credential), username TEXT UNIQUE, password TEXT
                    );
                    \(TableText.index("basicauth_consumer_id_idx", on: "basicauth_credentials", "consumer_id"))
                    """),
            PostgresMigration("001_14_to_15"),
        ])

    static let hmacAuth = MigrationSubsystem(
        name: "hmac-auth",
        migrations: [
            PostgresMigration(
                "000_base_hmac_auth",
                up: """
                    CREATE TABLE IF NOT EXISTS hmacauth_credentials (
                      \(TableText.credential), username TEXT UNIQUE, secret TEXT
                    );
                    \(TableText.index(
                        "hmacauth_credentials_consumer_id_idx", on: "hmacauth_credentials", "consumer_id"))
                    """),
            PostgresMigration("001_14_to_15"),
        ])

    static let jwt = MigrationSubsystem(
        name: "jwt",
        migrations: [
            PostgresMigration(
                "000_base_jwt",
                up: """
                    CREATE TABLE IF NOT EXISTS jwt_secrets (
                      \(TableText.credential), key TEXT UNIQUE, secret TEXT, algorithm TEXT, rsa_public_key TEXT
                    );
                    \(TableText.index("jwt_secrets_consumer_id_idx", on: "jwt_secrets", "consumer_id"))\
                    \(TableText.index("jwt_secrets_secret_idx", on: "jwt_secrets", "secret"))
                    """),
            PostgresMigration("001_14_to_15"),
        ])

    static let keyAuth = MigrationSubsystem(
        name: "key-auth",
        migrations: [
            PostgresMigration(
                "000_base_key_auth",
                up: """
                    CREATE TABLE IF NOT EXISTS keyauth_credentials (\(TableText.credential), key TEXT UNIQUE);
                    \(TableText.index("keyauth_credentials_consumer_id_idx", on: "keyauth_credentials", "consumer_id"))
                    """),
            PostgresMigration("001_14_to_15"),
        ])

    static let rateLimiting = MigrationSubsystem(
        name: "rate-limiting",
        migrations: [
            PostgresMigration("000_base_rate_limiting", up: CounterTable("ratelimiting_metrics").create),
            PostgresMigration(
                "001_14_to_15",
                teardown: TableText.dropFunctions("increment_rate_limits", "increment_rate_limits_api")),
            PostgresMigration("002_15_to_10", teardown: CounterTable("ratelimiting_metrics").dropAPI),
            PostgresMigration(
                "003_10_to_112",
                up: TableText.index(
                    "ratelimiting_metrics_idx", on: "ratelimiting_metrics", "service_id, route_id, period_date, period")
            ),
        ])

    static let responseRateLimiting = MigrationSubsystem(
        name: "response-ratelimiting",
        migrations: [
            PostgresMigration(
                "000_base_response_rate_limiting", up: CounterTable("response_ratelimiting_metrics").create),
            PostgresMigration(
                "001_14_to_15",
                teardown: TableText.dropFunctions(
                    "increment_response_rate_limits", "increment_response_rate_limits_api")),
            PostgresMigration("002_15_to_10", teardown: CounterTable("response_ratelimiting_metrics").dropAPI),
        ])
}

/// The counters of the two limiting plugins have one form.
private struct CounterTable {
    let name: String

    init(_ name: String) {
        self.name = name
    }

    private static let key = "identifier, period, period_date, service_id, route_id"
    private static let nobody = "UUID NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'::uuid"

    var create: String {
        """
        CREATE TABLE IF NOT EXISTS \(name) (
          identifier TEXT NOT NULL, period TEXT NOT NULL, period_date TIMESTAMP WITH TIME ZONE NOT NULL,
          service_id \(Self.nobody), route_id \(Self.nobody), value INTEGER, PRIMARY KEY (\(Self.key))
        )
        """
    }

    /// Until 1.0 the key had an API as well; counters that only differed in it are of no use any more.
    var dropAPI: String {
        """
        DO $$ BEGIN
          IF EXISTS (SELECT 1 FROM information_schema.columns WHERE table_schema = current_schema()
              AND table_name = '\(name)' AND column_name = 'api_id') THEN
            DELETE FROM \(name) WHERE api_id <> '00000000-0000-0000-0000-000000000000';
            ALTER TABLE \(name) DROP CONSTRAINT IF EXISTS \(name)_pkey;
            ALTER TABLE \(name) DROP COLUMN api_id;
            ALTER TABLE \(name) ADD PRIMARY KEY (\(Self.key));
          END IF;
        END $$
        """
    }
}
