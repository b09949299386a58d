// tcp-log: sends a line of JSON over TCP for every request.
// Settings only: what it does with a request is not built yet.

import Schema

package enum TCPLog {
    package static let declaration = PluginDeclaration(
        name: "tcp-log", version: "1.0.0", priority: 7, config: Config.schema,
        runOn: ["first", "second", "all"])

    package struct Config: Declared {
        package var host = ""
        package var port = 0
        package var timeout = 10_000.0
        package var keepalive = 60_000.0
        package var tls = false
        package var tlsSNI: String?

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("host", \.host, .required, .host, doc: "The receiver's host."),
            Field("port", \.port, .required, .port, doc: "The receiver's port."),
            Field("timeout", \.timeout, doc: "Milliseconds to wait for the receiver."),
            Field("keepalive", \.keepalive, doc: "Milliseconds an idle connection is kept."),
            Field("tls", \.tls, doc: "Whether the receiver speaks TLS."),
            Field("tls_sni", \.tlsSNI, doc: "The server name for TLS."),
        ]
    }
}
