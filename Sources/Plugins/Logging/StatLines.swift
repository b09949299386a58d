// What statsd and datadog send of a request: every line in a datagram of its own, as Kong does.

import PluginKit

/// The lines of one configuration, and where they go.
struct StatLines: Sendable {
    private let sender: String
    private let peer: OutboundPeer
    /// With the point behind it.
    private let prefix: [UInt8]
    private let lines: [StatLine]

    init(sender: String, host: String, port: Int, prefix: String, _ lines: [StatLine]) {
        self.sender = sender
        peer = OutboundPeer(host: host, port: port)
        self.prefix = Array("\(prefix).".utf8)
        self.lines = lines
    }

    /// Sends the lines of a request that is over. One that met no service has none.
    func send(_ x: Exchange) {
        guard let outbound = x.outbound, let service = x.service else { return }
        let facts = x.logFacts ?? LogFacts()
        for line in lines {
            guard let text = line.text(x, facts, service, prefix: prefix) else { continue }
            outbound.send(datagram: text, to: peer, sender: sender)
        }
    }
}
