// zipkin: reports how long the parts of a request took to a Zipkin server, and passes trace contexts on.

import PluginKit
import Schema

package struct Zipkin: AccessPhase, ResponseHeadPhase, LogPhase {
    package static let declaration = PluginDeclaration(
        name: "zipkin", version: "0.1.2", priority: 100_000, config: Config.schema, protocols: nil,
        runOn: ["first", "second", "all"], defaultRunOn: "all")

    package struct Config: Declared {
        package var httpEndpoint = ""
        package var sampleRatio = 0.001

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("http_endpoint", \.httpEndpoint, .required, .url, doc: "Where the spans are sent."),
            Field(
                "sample_ratio", \.sampleRatio, .between(0, 1), doc: "The share of requests that is traced."),
        ]
    }

    package static let logsEntries = true
    package static let isGuard = false

    private let sampleRatio: Double
    /// Nil for an endpoint that cannot be called.
    private let report: OutboundRequest?
    private let queue: String
    private let node: NodeState

    package init(_ config: Config, _ setup: Setup) {
        sampleRatio = config.sampleRatio
        report = OutboundRequest(postingTo: config.httpEndpoint)
        queue = "zipkin \(config.httpEndpoint)"
        node = setup.node
    }

    package func access(_ x: Exchange) -> Verdict {
        var trace = begin(x)
        trace.ranAccess = true
        x.trace = trace
        B3.write(trace, to: x.request)
        if trace.parent != nil { Baggage.normalize(x.request) }
        return .next
    }

    package func responseHead(_ x: Exchange) {
        var trace = x.trace ?? begin(x)
        trace.headAt = x.nowMilliseconds
        x.trace = trace
    }

    package func log(_ x: Exchange) {
        let trace = x.trace ?? begin(x)
        guard trace.isSampled, let report, let outbound = x.outbound else { return }
        outbound.state(queue) { ZipkinQueue(report, outbound) }
            .add { ZipkinSpans(x, trace).write(node: node.nodeID, to: &$0) }
    }

    /// Goes on with the client's trace, or begins one.
    private func begin(_ x: Exchange) -> Trace {
        let given = B3.read(x.request) { name in
            x.outbound?.logWarning("[zipkin] \(name) header invalid; ignoring.")
        }
        guard let given else {
            return Trace(
                high: x.randomID(), low: x.randomID(), parent: nil, requestSpan: x.randomID(),
                proxySpan: x.randomID(), isSampled: x.randomShare() < sampleRatio)
        }
        return Trace(
            high: given.high, low: given.low, parent: given.span ?? x.randomID(),
            requestSpan: x.randomID(),
            proxySpan: x.randomID(), isSampled: given.isSampled ?? false)
    }
}

extension OutboundRequest {
    /// A report to that URL; nil for one that is not HTTP.
    fileprivate init?(postingTo url: String) {
        guard let parts = URLParts(url), let host = parts.host, let scheme = parts.scheme,
            scheme == "http" || scheme == "https"
        else { return nil }
        self.init(to: OutboundPeer(host: host, port: parts.port ?? (scheme == "https" ? 443 : 80)))
        usesTLS = scheme == "https"
        verifiesCertificate = true
        method = "POST"
        target = Array((parts.path ?? "/").utf8)
        if let query = parts.query { target += Array("?\(query)".utf8) }
        headers = [("Content-Type", Array("application/json".utf8))]
    }
}
