// udp-log: sends a datagram of JSON for every request.

import PluginKit
import Schema

/// Sends entries as datagrams.
package struct UDPLog: LogPhase {
    package static let declaration = PluginDeclaration(
        name: "udp-log", version: "1.0.0", priority: 8, config: Config.schema,
        runOn: ["first", "second", "all"])
    package static let logsEntries = true

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

    private let peer: OutboundPeer

    package init(_ config: Config, _ setup: Setup) {
        peer = OutboundPeer(host: config.host, port: config.port)
    }

    package func log(_ x: Exchange) {
        x.outbound?.send(datagram: LogEntry.json(of: x), to: peer, sender: Self.declaration.name)
    }
}
