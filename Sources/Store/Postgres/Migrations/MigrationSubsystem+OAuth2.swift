// The tables of the oauth2 plugin, as Kong 1.1.2 has them.

extension MigrationSubsystem {
    static let oauth2 = MigrationSubsystem(
        name: "oauth2",
        migrations: [
            PostgresMigration("000_base_oauth2", up: credentials + codes + tokens),
            PostgresMigration(
                "001_14_to_15", up: "ALTER TABLE oauth2_credentials ADD COLUMN IF NOT EXISTS redirect_uris TEXT[]",
                teardown: "ALTER TABLE oauth2_credentials DROP COLUMN IF EXISTS redirect_uri"),
            PostgresMigration(
                "002_15_to_10",
                teardown: """
                    ALTER TABLE oauth2_authorization_codes DROP COLUMN IF EXISTS api_id;
                    ALTER TABLE oauth2_tokens DROP COLUMN IF EXISTS api_id;
                    """),
        ])

    private static let credentials = """
        CREATE TABLE IF NOT EXISTS oauth2_credentials (
          id UUID PRIMARY KEY, created_at TIMESTAMP WITH TIME ZONE \(TableText.now(0)), name TEXT,
          consumer_id UUID REFERENCES consumers (id) ON DELETE CASCADE, client_id TEXT UNIQUE, client_secret TEXT
        );
        \(TableText.index("oauth2_credentials_consumer_id_idx", on: "oauth2_credentials", "consumer_id"))\
        \(TableText.index("oauth2_credentials_secret_idx", on: "oauth2_credentials", "client_secret"))
        """

    /// The first columns of a code and of a token.
    private static let grant = """
        id UUID PRIMARY KEY, created_at TIMESTAMP WITH TIME ZONE \(TableText.now(0)), \
        credential_id UUID REFERENCES oauth2_credentials (id) ON DELETE CASCADE, \
        service_id UUID REFERENCES services (id) ON DELETE CASCADE
        """

    private static let codes = """
        CREATE TABLE IF NOT EXISTS oauth2_authorization_codes (
          \(grant), code TEXT UNIQUE, authenticated_userid TEXT, scope TEXT, ttl TIMESTAMP WITH TIME ZONE
        );
        CREATE INDEX IF NOT EXISTS oauth2_authorization_codes_authenticated_userid_idx
          ON oauth2_authorization_codes (authenticated_userid);
        CREATE INDEX IF NOT EXISTS oauth2_authorization_credential_id_idx ON oauth2_authorization_codes (credential_id);
        CREATE INDEX IF NOT EXISTS oauth2_authorization_service_id_idx ON oauth2_authorization_codes (service_id);

        """

    private static let tokens = """
        CREATE TABLE IF NOT EXISTS oauth2_tokens (
          \(grant), access_token TEXT UNIQUE, refresh_token TEXT UNIQUE, token_type TEXT, expires_in INTEGER,
          authenticated_userid TEXT, scope TEXT, ttl TIMESTAMP WITH TIME ZONE
        );
        \(TableText.index("oauth2_tokens_authenticated_userid_idx", on: "oauth2_tokens", "authenticated_userid"))\
        \(TableText.index("oauth2_tokens_credential_id_idx", on: "oauth2_tokens", "credential_id"))\
        \(TableText.index("oauth2_tokens_service_id_idx", on: "oauth2_tokens", "service_id"))
        """
}
