// The properties about caching, name resolution and, in Kong, the Lua machinery.

extension Property {
    static let caching = Section(
        title: "Caching and propagation",
        properties: [
            Property(
                "mem_cache_size", .text(digits: false), default: "128m",
                meaning: .inert("the configuration is held whole in memory, without a cache of fixed size"),
                doc: "The size of Kong's cache of database rows."),
            Property(
                "db_update_frequency", .number, default: "5",
                meaning: .inert("only a shared database needs polling, and the PostgreSQL store is not there yet"),
                doc: "How often the database is asked for other nodes' changes, in seconds."),
            Property(
                "db_update_propagation", .number, default: "0",
                meaning: .inert("only a shared database needs it, and the PostgreSQL store is not there yet"),
                doc: "How long a change may take to reach all replicas of the database, in seconds."),
            Property(
                "db_cache_ttl", .number, default: "0", meaning: .inert("what is in memory never goes stale by age"),
                doc: "How long cached rows live, in seconds; 0 is for ever."),
            Property(
                "db_resurrect_ttl", .number, default: "30",
                meaning: .inert("the proxy serves from memory, however long the database is away"),
                doc: "How long stale rows are served while the database is away, in seconds."),
        ])

    static let resolver = Section(
        title: "Name resolution",
        properties: [
            Property(
                "dns_resolver", .list,
                doc: "The name servers to ask, each as ADDRESS or ADDRESS:PORT; those of /etc/resolv.conf when unset."),
            Property(
                "dns_hostsfile", .text(digits: true), default: "/etc/hosts",
                doc: "The hosts file, read when the node starts."),
            Property(
                "dns_order", .list, default: "LAST,SRV,A,CNAME",
                doc: "The kinds of records to ask for, in order; LAST is the kind that was found last time."),
            Property(
                "dns_valid_ttl", .number,
                doc: "How long answers are kept, in seconds, whatever their own time to live says."),
            Property(
                "dns_stale_ttl", .number, default: "4",
                doc: "How long an answer is used beyond its time while a new one is fetched, in seconds."),
            Property(
                "dns_not_found_ttl", .number, default: "30",
                doc: "How long a server's refusal is kept, in seconds."),
            Property(
                "dns_error_ttl", .number, default: "1",
                doc: "How long a name error or an empty answer is kept, in seconds."),
            Property(
                "dns_no_sync", .boolean, default: "off",
                meaning: .inert("requests for one name always share one query"),
                doc: "Whether requests that need the same name each send their own query."),
        ])

    static let lua = Section(
        title: "Lua",
        properties: [
            Property(
                "lua_socket_pool_size", .number, default: "30", meaning: noLua,
                doc: "The size of Kong's pools of connections of plugins."),
            Property(
                "lua_ssl_trusted_certificate", .text(digits: false),
                doc: "The file (PEM) of authorities that are trusted when the gateway itself opens TLS connections."),
            Property(
                "lua_ssl_verify_depth", .number, default: "1",
                doc: "How long a chain of certificates may be when the gateway itself opens TLS connections."),
            Property(
                "lua_package_path", .text(digits: false), default: "./?.lua;./?/init.lua;", meaning: noLua,
                doc: "Where Lua modules lie."),
            Property(
                "lua_package_cpath", .text(digits: false), default: "", meaning: noLua,
                doc: "Where Lua's C modules lie."),
        ])

    private static let noLua = Meaning.inert("the gateway does not run on Lua")
}
