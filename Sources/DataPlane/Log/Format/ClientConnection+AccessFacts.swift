// Values of access lines that take a closer look: at the TLS handshake, at addresses and at what was sent.

import NIOCore
import PluginKit
import Wire

extension ClientConnection {
    /// What was agreed in the TLS handshake.
    func appendHandshake(_ name: LogVariable.Known, to line: inout LogLine) {
        guard let tls = facts.tls else { return line.appendMissing() }
        switch name {
        case .ssl_server_name: line.append(tls.serverName)
        case .ssl_protocol: line.append((tls.hello?.versionName).map { Array($0.utf8) })
        case .ssl_cipher: line.append((tls.hello?.cipherName).map { Array($0.utf8) })
        case .ssl_session_reused: line.append(plain: tls.hello?.isResumed == true ? "r" : ".")
        // No certificate of a client is asked for.
        case .ssl_client_verify: line.append(plain: "NONE")
        default: line.appendMissing()
        }
    }

    /// How many times shorter a compressed body is, with two digits behind the point.
    func appendRatio(to line: inout LogLine) {
        guard let compressor, compressor.isFinished else { return line.appendMissing() }
        let (taken, given) = compressor.counts
        line.append(hundredths: (taken * 1000 / given + 5) / 10)
    }

    func appendPort(to line: inout LogLine) {
        if facts.peerPort > 0 { line.append(facts.peerPort) }
    }

    /// What the client said in X-Forwarded-For, and its address behind it.
    var forwardedFor: [UInt8] {
        let values = exchange.request.headerValues("X-Forwarded-For") + [exchange.clientAddress]
        return Array(values.joined(separator: [Ascii.comma, Ascii.space]))
    }

    /// Whether the client has had its whole answer.
    var isComplete: Bool { exchange.response.status != 499 && !exchange.response.isTruncated }

    /// A header of the answer as it was sent; for lines about answers that never were, and for texts that are made
    /// before the answer is sent, as it would be.
    func toldHeader(_ name: HeaderName) -> [UInt8]? {
        sentHead.bytes.isEmpty ? sentHeader(name) : sentHead.value(name)
    }

    /// The value of a cookie that the upstream sets.
    func upstreamCookie(_ name: [UInt8]) -> [UInt8]? {
        for value in exchange.response.receivedAll("Set-Cookie") {
            let pair = value.prefix { $0 != Ascii.semicolon }
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].elementsEqual(name, by: { Ascii.lowercased($0) == Ascii.lowercased($1) })
            else { continue }
            return Array(parts[1])
        }
        return nil
    }
}
