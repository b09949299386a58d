// What goes wrong with a peer is told once a second at most: a receiver that is down must not fill the disk.

import PluginKit

/// The complaints of one event loop.
final class PeerComplaints {
    private struct Entry {
        var toldAt: Int64
        var untold = 0
    }

    private let errorLog: ErrorLog
    private var entries: [OutboundPeer: Entry] = [:]
    private static let pauseMilliseconds: Int64 = 1000
    private static let maximumPeers = 1024

    init(_ errorLog: ErrorLog) {
        self.errorLog = errorLog
    }

    /// Tells that something meant for the peer was lost, and how much was lost since it was told last.
    func tell(_ peer: OutboundPeer, _ text: @autoclosure () -> String) {
        let now = TimerWheel.monotonicMilliseconds()
        if let entry = entries[peer], now - entry.toldAt < Self.pauseMilliseconds {
            entries[peer]?.untold += 1
            return
        }
        let untold = entries[peer]?.untold ?? 0
        if entries.count >= Self.maximumPeers { entries.removeAll() }
        entries[peer] = Entry(toldAt: now)
        errorLog.log(.error, untold == 0 ? text() : "\(text()) (and \(untold) more before)")
    }
}
