// The tables of the core, as Kong 1.1.2 has them.

extension MigrationSubsystem {
    static let core = MigrationSubsystem(
        name: "core",
        migrations: [
            PostgresMigration("000_base", up: CoreTables.base),
            PostgresMigration("001_14_to_15", up: CoreTables.mesh, teardown: CoreTables.cacheKeys),
            PostgresMigration(
                "002_15_to_1", teardown: "DELETE FROM plugins WHERE name = 'galileo'"),
            PostgresMigration("003_100_to_110", up: CoreTables.tags),
        ])
}

/// Defaults and columns that many tables share.
enum TableText {
    /// The present time in UTC as Kong's columns have it, with this many decimals of a second.
    static func now(_ decimals: Int) -> String {
        "DEFAULT (CURRENT_TIMESTAMP(\(decimals)) AT TIME ZONE 'UTC')"
    }

    /// The first columns of a credential.
    static let credential = """
        id UUID PRIMARY KEY, created_at TIMESTAMP WITH TIME ZONE \(now(0)), \
        consumer_id UUID REFERENCES consumers (id) ON DELETE CASCADE
        """

    static func index(_ name: String, on table: String, _ keys: String) -> String {
        "CREATE INDEX IF NOT EXISTS \(name) ON \(table) (\(keys));\n"
    }

    /// Drops the functions with these names, whatever their arguments.
    static func dropFunctions(_ names: String...) -> String {
        let list = names.map { "'\($0)'" }.joined(separator: ", ")
        return """
            DO $$ DECLARE old regprocedure; BEGIN
              FOR old IN SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                WHERE n.nspname = current_schema() AND p.proname IN (\(list))
              LOOP EXECUTE 'DROP FUNCTION ' || old || ' CASCADE'; END LOOP;
            END $$;

            """
    }
}

private enum CoreTables {
    static let base =
        events + services + consumers + plugins + certificates + upstreams + legacy

    private static let events = """
        CREATE TABLE IF NOT EXISTS cluster_events (
          id UUID PRIMARY KEY, node_id UUID NOT NULL, at TIMESTAMP WITH TIME ZONE NOT NULL,
          nbf TIMESTAMP WITH TIME ZONE, expire_at TIMESTAMP WITH TIME ZONE NOT NULL, channel TEXT, data TEXT
        );
        \(TableText.index("cluster_events_at_idx", on: "cluster_events", "at"))\
        \(TableText.index("cluster_events_channel_idx", on: "cluster_events", "channel"))\
        CREATE OR REPLACE FUNCTION delete_expired_cluster_events() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          DELETE FROM cluster_events e WHERE e.expire_at <= CURRENT_TIMESTAMP AT TIME ZONE 'UTC';
          RETURN NEW;
        END $$;
        DROP TRIGGER IF EXISTS delete_expired_cluster_events_trigger ON cluster_events;
        CREATE TRIGGER delete_expired_cluster_events_trigger AFTER INSERT ON cluster_events
          FOR EACH STATEMENT EXECUTE PROCEDURE delete_expired_cluster_events();

        """

    private static let services = """
        CREATE TABLE IF NOT EXISTS services (
          id UUID PRIMARY KEY, created_at TIMESTAMP WITH TIME ZONE, updated_at TIMESTAMP WITH TIME ZONE,
          name TEXT UNIQUE, retries BIGINT, protocol TEXT, host TEXT, port BIGINT, path TEXT,
          connect_timeout BIGINT, write_timeout BIGINT, read_timeout BIGINT
        );
        CREATE TABLE IF NOT EXISTS routes (
          id UUID PRIMARY KEY, created_at TIMESTAMP WITH TIME ZONE, updated_at TIMESTAMP WITH TIME ZONE,
          service_id UUID REFERENCES services (id), protocols TEXT[], methods TEXT[], hosts TEXT[], paths TEXT[],
          regex_priority BIGINT, strip_path BOOLEAN, preserve_host BOOLEAN
        );
        \(TableText.index("routes_service_id_idx", on: "routes", "service_id"))
        """

    private static let consumers = """
        CREATE TABLE IF NOT EXISTS consumers (
          id UUID PRIMARY KEY, created_at TIMESTAMP WITH TIME ZONE \(TableText.now(0)),
          username TEXT UNIQUE, custom_id TEXT UNIQUE
        );
        \(TableText.index("consumers_username_idx", on: "consumers", "lower(username)"))
        """

    private static let plugins = """
        CREATE TABLE IF NOT EXISTS apis (
          id UUID PRIMARY KEY, created_at TIMESTAMP WITH TIME ZONE \(TableText.now(3)),
          name TEXT UNIQUE, upstream_url TEXT, preserve_host BOOLEAN NOT NULL, retries SMALLINT DEFAULT 5,
          https_only BOOLEAN, http_if_terminated BOOLEAN, hosts TEXT, uris TEXT, methods TEXT, strip_uri BOOLEAN,
          upstream_connect_timeout INTEGER, upstream_send_timeout INTEGER, upstream_read_timeout INTEGER
        );
        CREATE TABLE IF NOT EXISTS plugins (
          id UUID PRIMARY KEY, created_at TIMESTAMP WITH TIME ZONE \(TableText.now(0)), name TEXT NOT NULL,
          consumer_id UUID REFERENCES consumers (id) ON DELETE CASCADE,
          service_id UUID REFERENCES services (id) ON DELETE CASCADE,
          route_id UUID REFERENCES routes (id) ON DELETE CASCADE,
          api_id UUID REFERENCES apis (id) ON DELETE CASCADE,
          config JSONB NOT NULL, enabled BOOLEAN NOT NULL
        );
        \(["name", "consumer_id", "service_id", "route_id", "api_id"].map {
            TableText.index("plugins_\($0)_idx", on: "plugins", $0)
        }.joined())
        """

    private static let certificates = """
        CREATE TABLE IF NOT EXISTS certificates (
          id UUID PRIMARY KEY, created_at TIMESTAMP WITH TIME ZONE \(TableText.now(0)), cert TEXT, key TEXT
        );
        CREATE TABLE IF NOT EXISTS snis (
          id UUID PRIMARY KEY, created_at TIMESTAMP WITH TIME ZONE \(TableText.now(0)),
          name TEXT NOT NULL UNIQUE, certificate_id UUID REFERENCES certificates (id)
        );
        \(TableText.index("snis_certificate_id_idx", on: "snis", "certificate_id"))
        """

    private static let upstreams = """
        CREATE TABLE IF NOT EXISTS upstreams (
          id UUID PRIMARY KEY, created_at TIMESTAMP WITH TIME ZONE \(TableText.now(3)), name TEXT UNIQUE,
          hash_on TEXT, hash_fallback TEXT, hash_on_header TEXT, hash_fallback_header TEXT, hash_on_cookie TEXT,
          hash_on_cookie_path TEXT, slots INTEGER NOT NULL, healthchecks JSONB
        );
        CREATE TABLE IF NOT EXISTS targets (
          id UUID PRIMARY KEY, created_at TIMESTAMP WITH TIME ZONE \(TableText.now(3)),
          upstream_id UUID REFERENCES upstreams (id) ON DELETE CASCADE, target TEXT NOT NULL, weight INTEGER NOT NULL
        );
        \(TableText.index("targets_upstream_id_idx", on: "targets", "upstream_id"))\
        \(TableText.index("targets_target_idx", on: "targets", "target"))
        """

    /// Nothing uses it; Kong leaves it in place.
    private static let legacy = """
        CREATE TABLE IF NOT EXISTS ttls (
          primary_key_value TEXT NOT NULL, primary_uuid_value UUID, table_name TEXT NOT NULL,
          primary_key_name TEXT NOT NULL, expire_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
          PRIMARY KEY (primary_key_value, table_name)
        );
        \(TableText.index("ttls_primary_uuid_value_idx", on: "ttls", "primary_uuid_value"))
        """

    /// What 1.0 brought: named routes, stream routes, plugins with a side to run on.
    static let mesh = """
        CREATE TABLE IF NOT EXISTS cluster_ca (
          pk BOOLEAN NOT NULL PRIMARY KEY CHECK (pk = true), key TEXT NOT NULL, cert TEXT NOT NULL
        );
        ALTER TABLE routes ADD COLUMN IF NOT EXISTS name TEXT UNIQUE, ADD COLUMN IF NOT EXISTS snis TEXT[],
          ADD COLUMN IF NOT EXISTS sources JSONB[], ADD COLUMN IF NOT EXISTS destinations JSONB[];
        ALTER TABLE plugins ADD COLUMN IF NOT EXISTS cache_key TEXT UNIQUE, ADD COLUMN IF NOT EXISTS run_on TEXT;
        \(TableText.index("plugins_run_on_idx", on: "plugins", "run_on"))
        """

    static let cacheKeys = """
        UPDATE plugins SET cache_key = concat_ws(':', 'plugins', name, coalesce(route_id::text, ''),
          coalesce(service_id::text, ''), coalesce(consumer_id::text, ''), '') WHERE cache_key IS NULL;
        UPDATE plugins SET run_on = 'first' WHERE run_on IS NULL;
        DROP TABLE IF EXISTS schema_migrations;
        """

    /// What 1.1 brought: tags, and protocols of plugins.
    static let tags =
        """
        CREATE TABLE IF NOT EXISTS tags (entity_id UUID PRIMARY KEY, entity_name TEXT, tags TEXT[]);
        \(TableText.index("tags_entity_name_idx", on: "tags", "entity_name"))\
        CREATE INDEX IF NOT EXISTS tags_tags_idx ON tags USING gin (tags);
        ALTER TABLE plugins ADD COLUMN IF NOT EXISTS protocols TEXT[];
        CREATE OR REPLACE FUNCTION sync_tags() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          CASE TG_OP
          WHEN 'TRUNCATE' THEN DELETE FROM tags t WHERE t.entity_name = TG_TABLE_NAME; RETURN NULL;
          WHEN 'DELETE' THEN DELETE FROM tags t WHERE t.entity_id = OLD.id; RETURN OLD;
          ELSE
            INSERT INTO tags AS t (entity_id, entity_name, tags) VALUES (NEW.id, TG_TABLE_NAME, NEW.tags)
              ON CONFLICT (entity_id) DO UPDATE SET tags = EXCLUDED.tags;
            RETURN NEW;
          END CASE;
        END $$;

        """ + taggable.map(tagging).joined() + TableText.dropFunctions("upsert_ttl", "delete_expired_ttls")

    private static let taggable = [
        "services", "routes", "certificates", "snis", "consumers", "plugins", "upstreams", "targets",
    ]

    private static func tagging(_ table: String) -> String {
        """
        ALTER TABLE \(table) ADD COLUMN IF NOT EXISTS tags TEXT[];
        CREATE INDEX IF NOT EXISTS \(table)_tags_idx ON \(table) USING gin (tags);
        DROP TRIGGER IF EXISTS \(table)_sync_tags_trigger ON \(table);
        CREATE TRIGGER \(table)_sync_tags_trigger AFTER INSERT OR UPDATE OF tags OR DELETE ON \(table)
          FOR EACH ROW EXECUTE PROCEDURE sync_tags();

        """
    }
}
