// tcp-log: sends a line of JSON over TCP for every request.

import PluginKit
import Schema
import Wire

/// Sends entries over a kept connection. With TLS the receiver's certificate is not looked at, as in Kong.
package struct TCPLog: LogPhase {
    package static let declaration = PluginDeclaration(
        name: "tcp-log", version: "1.0.0", priority: 7, config: Config.schema,
        runOn: ["first", "second", "all"])
    package static let logsEntries = true

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

    private let peer: OutboundPeer
    private let stream: OutboundStream

    package init(_ config: Config, _ setup: Setup) {
        peer = OutboundPeer(host: config.host, port: config.port)
        var stream = OutboundStream()
        stream.usesTLS = config.tls
        stream.serverName = config.tlsSNI
        stream.timeoutMilliseconds = Int64(max(0, min(config.timeout, Self.longest)))
        stream.keepAliveMilliseconds = Int64(max(0, min(config.keepalive, Self.longest)))
        self.stream = stream
    }

    /// A day, in milliseconds.
    private static let longest = 86_400_000.0

    package func log(_ x: Exchange) {
        let line = LogEntry.json(of: x) + [Ascii.lineFeed]
        x.outbound?.send(bytes: line, to: peer, over: stream, sender: Self.declaration.name)
    }
}
