// http-log: posts JSON to a URL for every request, or for several at once.

import PluginKit
import Schema

/// Hands entries to the queue of their receiver.
package struct HTTPLog: LogPhase {
    package static let declaration = PluginDeclaration(
        name: "http-log", version: "1.0.0", priority: 12, config: Config.schema,
        runOn: ["first", "second", "all"])
    package static let logsEntries = true

    package enum Method: String, Choice {
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
    }

    package struct Config: Declared {
        package var httpEndpoint = ""
        package var method = Method.post
        package var contentType = "application/json"
        package var timeout = 10_000.0
        package var keepalive = 60_000.0
        package var retryCount = 10
        package var queueSize = 1
        package var flushTimeout = 2.0

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("http_endpoint", \.httpEndpoint, .required, .url, doc: "The receiver's URL."),
            Field("method", \.method, doc: "The method of the requests."),
            Field("content_type", \.contentType, .oneOf(["application/json"]), doc: "The type of the bodies."),
            Field("timeout", \.timeout, doc: "Milliseconds to wait for the receiver."),
            Field("keepalive", \.keepalive, doc: "Milliseconds an idle connection is kept."),
            Field("retry_count", \.retryCount, doc: "How often a failed request is tried again."),
            Field("queue_size", \.queueSize, doc: "How many entries one request carries at most."),
            Field("flush_timeout", \.flushTimeout, doc: "Seconds an entry waits for others at most."),
        ]
    }

    private let receiver: HTTPLogReceiver

    package init(_ config: Config, _ setup: Setup) {
        receiver = HTTPLogReceiver(config)
    }

    package func log(_ x: Exchange) {
        let entry = LogEntry.json(of: x)
        x.outbound?.onHome(of: receiver.key) { [receiver] outbound in
            outbound.state(receiver.key) { HTTPLogQueue(receiver, outbound) }.add(entry)
        }
    }
}
