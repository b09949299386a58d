// What the log entry of a request tells that plugins cannot see. Called at its end, for chains that write entries.

import NIOCore
import PluginKit
import Wire

extension ClientConnection {
    func logFacts() -> LogFacts {
        var noted = LogFacts()
        noted.host = plainHost
        if exchange.clientAddress == facts.peer, facts.peerPort > 0 { noted.clientPort = facts.peerPort }
        noted.isErrorPage = sent?.isErrorPage == true
        noted.upstreamURI = upstreamURI
        noted.tries = plan == nil ? nil : logTries
        if !tries.isEmpty { noted.peerName = peerName }
        noted.sentHead = sentHead.bytes
        let response = exchange.response
        noted.ownsDate =
            !(response.isProxied && response.head.fields.contains(.date)) && !response.edits.concerns("Date")
        noteTimes(&noted)
        return noted
    }

    /// A head that was refused counts as far as it was read; one of which not even the first line is right, not. Empty
    /// lines before the request line are none of it.
    var receivedBytes: UInt64 {
        let head = exchange.request.head
        guard head.byteCount > 0 else { return head.target.isEmpty ? 0 : UInt64(cursor) }
        return UInt64(head.byteCount - Int(head.methodSlice.start)) + body.receivedBytes + waitingBytes
    }

    /// What is there of a body that still waits for a connection to the upstream: nginx reads it first.
    private var waitingBytes: UInt64 {
        guard accessEndedAt > 0, !body.isComplete, case .length(let count) = exchange.request.head.framing else {
            return 0
        }
        return min(UInt64(pendingBytes), count - body.byteCount)
    }

    /// Kong's sum leaves out what it does before it knows the route, and counts only where an upstream is asked.
    private func noteTimes(_ noted: inout LogFacts) {
        guard let latencies else { return }
        noted.kongMilliseconds = max(latencies.proxy, 0)
        guard hasAnswerHead || sent != nil else { return }
        noted.waitedMilliseconds = max(latencies.upstream, 0)
        let received = exchange.nowMilliseconds - accessEndedAt - latencies.upstream
        if isComplete { noted.kongMilliseconds += max(received, 0) }
    }

    /// A failure is told of a try that was followed by another one.
    private var logTries: [LogTry] {
        tries.enumerated().map { place, each in
            LogTry(
                ip: each.host, port: each.port, startedAt: each.startedAt,
                failedWith: place < tries.count - 1 ? each.status : nil)
        }
    }

    private var peerName: [UInt8]? {
        guard service?.upstream != nil else { return service.map { Array($0.host.utf8) } }
        return balancing.peer.map { Array($0.identity.host.utf8) }
    }

    /// The query is joined when the plugins are done: who is refused by one of them has none.
    var upstreamURI: [UInt8]? {
        guard let plan else { return [] }
        guard let service = plan.service else { return nil }
        let request = exchange.request
        let buffer = request.bytes
        let head = buffer.readableBytesUInt8Span
        var out = ByteBuffer()
        RequestWriter.writePath(exchange, plan, service, match, head, to: &out)
        if accessEndedAt > 0 { RequestWriter.writeQuery(exchange, head, to: &out) }
        return Array(out.readableBytesView)
    }

    /// That of the request line, else of the Host header, else nginx' server_name.
    private var plainHost: [UInt8] {
        let head = exchange.request.head
        guard let host = head.authority ?? head.host, !host.isEmpty else { return Array("kong".utf8) }
        let value = exchange.request.copy(host)
        return value[..<HostText.plainNameCount(value.span)].map(Ascii.lowercased)
    }
}
