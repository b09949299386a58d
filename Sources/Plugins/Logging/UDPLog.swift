// udp-log: sends a datagram of JSON for every request.
// Settings only: what it does with a request is not built yet.

import Schema

package enum UDPLog {
    package static let declaration = PluginDeclaration(
        name: "udp-log", version: "1.0.0", priority: 8, config: Config.schema,
        runOn: ["first", "second", "all"])

    package struct Config: Declared {
        package var host = ""
        package var port = 0
        package var timeout = 10_000.0

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("host", \.host, .required, .host, doc: "The receiver's host."),
            Field("port", \.port, .required, .port, doc: "The receiver's port."),
            Field("timeout", \.timeout, doc: "Milliseconds to wait for the receiver."),
        ]
    }
}
