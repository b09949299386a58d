// What was tried to get an answer from upstream, for the variables that tell it.

import NIOCore

struct UpstreamTry {
    let address: [UInt8]
    /// The parts of the address: the host without brackets.
    let host: [UInt8]
    let port: Int?
    let startedAt: Int64
    var connectedAt: Int64?
    var headAt: Int64?
    var endedAt: Int64?
    var status: Int?
    /// Bytes to and from the upstream, heads included, and those of the answer's body.
    var sent: UInt64 = 0
    var received: UInt64 = 0
    var bodyBytes: UInt64 = 0
    /// Those of its chunked coding, which HTTP/2 has not.
    var framingBytes: UInt64 = 0

    init(_ address: SocketAddress, at now: Int64) {
        let host = address.ipAddress ?? "unix:"
        let port = address.port.map { ":\($0)" } ?? ""
        self.host = Array(host.utf8)
        self.port = address.port
        self.address = Array((host.contains(":") && !port.isEmpty ? "[\(host)]\(port)" : host + port).utf8)
        startedAt = now
    }
}

extension ClientConnection {
    /// Whether somebody wants to know.
    private var notesTries: Bool {
        chain.logsEntries || logs.wants.contains(.tries) || filter?.wants.contains(.tries) == true
    }

    func noteTry(_ address: SocketAddress) {
        guard notesTries else { return }
        noteEndOfTry(status: nil)
        tries.append(UpstreamTry(address, at: loop.clock.nowMilliseconds()))
    }

    func noteConnected() {
        guard !tries.isEmpty else { return }
        tries[tries.count - 1].connectedAt = loop.clock.nowMilliseconds()
    }

    func noteHead(status: Int) {
        guard !tries.isEmpty else { return }
        tries[tries.count - 1].headAt = loop.clock.nowMilliseconds()
        tries[tries.count - 1].status = status
    }

    /// Takes over what went to and fro so far, while the connection is there.
    func noteBytes() {
        guard let last = tries.indices.last, let upstream else { return }
        tries[last].sent = upstream.sent
        tries[last].received = upstream.received
        if !upstream.key.speaksHTTP2 { tries[last].framingBytes = upstream.framingBytes }
    }

    /// A part of the answer's body came.
    func noteBody(_ count: Int) {
        guard let last = tries.indices.last else { return }
        tries[last].bodyBytes += UInt64(count)
    }

    /// The head of the answer is at the front of `out`.
    func noteSentHead(_ count: Int) {
        guard chain.logsEntries || logs.wants.contains(.sentHead) else { return }
        sentHead.bytes = Array(out.readableBytesView.prefix(count))
    }

    /// The last try is over, with that status where it has no other.
    func noteEndOfTry(status: Int?) {
        guard let last = tries.last, last.endedAt == nil else { return }
        noteBytes()
        tries[tries.count - 1].endedAt = loop.clock.nowMilliseconds()
        tries[tries.count - 1].status = last.status ?? status
    }
}
