// The properties about the node as a whole and about its listeners.

extension Property {
    static let general = Section(
        title: "General",
        properties: [
            Property(
                "prefix", .text(digits: false), default: "/usr/local/kong/",
                doc: "The working directory of the node: its logs, its pid file, its generated certificates and, with "
                    + "database = sqlite, its data. A relative path is made absolute when a command starts."),
            Property(
                "log_level", .choice(["debug", "info", "notice", "warn", "error", "crit", "alert", "emerg"]),
                default: "notice",
                doc: "The least severe kind of message that the error logs hold."),
            Property(
                "proxy_access_log", .text(digits: true), default: "logs/access.log",
                doc: "Where requests to the proxy are logged: a path, absolute or below the prefix, or off."),
            Property(
                "proxy_error_log", .text(digits: true), default: "logs/error.log",
                doc: "Where the proxy and the master process log what goes wrong: a path, absolute or below the prefix."
            ),
            Property(
                "admin_access_log", .text(digits: true), default: "logs/admin_access.log",
                doc: "Where requests to the Admin API are logged: a path, absolute or below the prefix, or off."),
            Property(
                "admin_error_log", .text(digits: true), default: "logs/error.log",
                doc: "Where the Admin API logs what goes wrong: a path, absolute or below the prefix."),
            Property(
                "plugins", .list, default: "bundled",
                doc: "The names of the plugins this node loads, separated by commas. bundled stands for all that are "
                    + "part of the gateway; off as the first entry loads none."),
            Property(
                "anonymous_reports", .boolean, default: "on",
                meaning: .inert("this gateway never sends reports to anybody"),
                doc: "Whether Kong reports anonymous usage figures to its makers."),
        ])

    static let network = Section(
        title: "Listeners and processes",
        properties: [
            Property(
                "proxy_listen", .list, default: "0.0.0.0:8000, 0.0.0.0:8443 ssl",
                doc:
                    "The addresses on which the proxy takes requests, each as ADDRESS:PORT followed by any of the "
                    + "words ssl, http2, proxy_protocol and transparent. off as the first entry closes the proxy."),
            Property(
                "stream_listen", .list, default: "off",
                doc:
                    "The addresses on which TCP and TLS streams are taken, each as ADDRESS:PORT followed by any of the "
                    + "words ssl, proxy_protocol and transparent. off takes none."),
            Property(
                "admin_listen", .list, default: "127.0.0.1:8001, 127.0.0.1:8444 ssl",
                doc:
                    "The addresses of the Admin API, written like those of proxy_listen. Whoever reaches them may "
                    + "change everything, so keep them off public networks. off closes the Admin API on this node."),
            Property(
                "origins", .list,
                doc:
                    "Replacements of upstream addresses, each as SCHEME://HOST:PORT=SCHEME://HOST:PORT: a request that "
                    + "would go to the left one goes to the right one."),
            Property(
                "nginx_user", .text(digits: true), default: "nobody nobody",
                doc:
                    "The user and, after a space, the group of the worker when root starts the node; the master stays "
                    + "root's. nobody stands for the user of that name and its group. Without effect when another "
                    + "user starts the node."),
            Property(
                "nginx_worker_processes", .text(digits: true), default: "auto",
                doc: "How many event loops serve requests; auto is one for each core."),
            Property(
                "nginx_optimizations", .boolean, default: "on",
                meaning: .inert("limits are always raised as far as the system allows"),
                doc: "Whether Kong raises nginx's limits on files and connections."),
            Property(
                "nginx_daemon", .onOff, default: "on",
                doc:
                    "Whether kong start leaves the node in the background (on) or stays until the node ends (off), as "
                    + "a container wants it."),
        ])
}
