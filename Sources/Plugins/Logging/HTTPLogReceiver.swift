// Who gets the entries of http-log, and how.

import PluginKit
import Schema
import Wire

/// One configuration of http-log, ready to be used.
package struct HTTPLogReceiver: Sendable {
    /// What tells its queue from others.
    package let key: String
    package let rules: BatchQueue.Rules
    private let template: OutboundRequest
    private let sendsLists: Bool

    package init(_ config: HTTPLog.Config) {
        let url = URLParts(config.httpEndpoint)
        let usesTLS = url?.scheme == "https"
        let host = url?.host ?? ""
        var request = OutboundRequest(to: OutboundPeer(host: host, port: url?.port ?? (usesTLS ? 443 : 80)))
        request.usesTLS = usesTLS
        request.method = config.method.rawValue
        request.target = Array((url?.path ?? "/").utf8)
        if let query = url?.query { request.target += Array("?\(query)".utf8) }
        // Kong leaves the port out.
        request.headers = [("Host", Array(host.utf8)), ("Content-Type", Array(config.contentType.utf8))]
        if let user = url?.userInfo {
            request.headers.append(("Authorization", Array("Basic ".utf8) + Base64.encode(Array(user.utf8))))
        }
        request.timeoutMilliseconds = Self.milliseconds(config.timeout)
        request.keepAliveMilliseconds = Self.milliseconds(config.keepalive)
        template = request
        sendsLists = config.queueSize != 1
        var rules = BatchQueue.Rules()
        rules.batchSize = max(config.queueSize, 1)
        rules.retryCount = config.retryCount
        rules.flushMilliseconds = Self.milliseconds(config.flushTimeout * 1000)
        self.rules = rules
        key =
            "http-log:\(config.httpEndpoint):\(config.method):\(config.contentType):\(config.timeout):"
            + "\(config.keepalive):\(config.retryCount):\(config.queueSize):\(config.flushTimeout)"
    }

    /// A day at most.
    private static func milliseconds(_ value: Double) -> Int64 {
        Int64(max(0, min(value, 86_400_000)))
    }

    /// Host and port.
    package var name: String { "\(template.peer.host):\(template.peer.port)" }

    package func request(_ entries: [[UInt8]]) -> OutboundRequest {
        var request = template
        request.body = sendsLists ? Self.list(entries) : entries.first ?? []
        return request
    }

    private static func list(_ entries: [[UInt8]]) -> [UInt8] {
        var text: [UInt8] = [UInt8(ascii: "[")]
        text.reserveCapacity(entries.reduce(2) { $0 + $1.count + 1 })
        for (place, entry) in entries.enumerated() {
            if place > 0 { text.append(Ascii.comma) }
            text += entry
        }
        text.append(UInt8(ascii: "]"))
        return text
    }

    /// Why an attempt failed, in Kong's words; nil when it did not.
    package func failure(_ result: Result<OutboundAnswer, OutboundFailure>) -> String? {
        switch result {
        case .success(let answer) where answer.status < 400: nil
        case .success(let answer):
            "request to \(name) returned status code \(answer.status) and body "
                + String(decoding: answer.body.prefix(Self.shownBytes), as: UTF8.self)
        case .failure(.unresolved(let reason)), .failure(.unreachable(let reason)):
            "failed to connect to \(name): \(reason)"
        case .failure(let failure): "failed request to \(name): \(failure.text)"
        }
    }

    /// How much of an answer a line of the error log shows.
    private static let shownBytes = 1024
}
