// A receiver of Zipkin's API (version 2): it keeps the spans that it is sent.

import Foundation
import Synchronization

final class SpanCollector: Sendable {
    /// One span as it came.
    struct Span {
        let json: [String: Any]

        subscript(_ name: String) -> String { json[name] as? String ?? "" }
        var tags: [String: String] { json["tags"] as? [String: String] ?? [:] }
        /// Microseconds since the epoch, and microseconds.
        var timestamp: Double { json["timestamp"] as? Double ?? 0 }
        var duration: Double { json["duration"] as? Double ?? 0 }

        /// Address and port of the other side.
        var remote: String {
            let endpoint = json["remoteEndpoint"] as? [String: Any] ?? [:]
            return "\(endpoint["ipv4"] ?? "?"):\(endpoint["port"] ?? "?")"
        }
    }

    private final class Kept: Sendable {
        let reports = Mutex<[Message]>([])
        let status = Mutex<Int>(202)
    }

    let origin: Origin
    private let kept: Kept

    init() throws {
        let kept = Kept()
        self.kept = kept
        origin = try Origin(answering: { report in
            kept.reports.withLock { $0.append(report) }
            return "HTTP/1.1 \(kept.status.withLock { $0 }) x\r\nContent-Length: 0\r\n\r\n"
        })
    }

    var endpoint: String { "http://127.0.0.1:\(origin.port)/api/v2/spans" }
    var reports: [Message] { kept.reports.withLock { $0 } }

    /// What reports are answered from now on.
    func answer(_ status: Int) {
        kept.status.withLock { $0 = status }
    }

    /// All spans that came, in their order.
    func spans() throws -> [Span] {
        try reports.flatMap { report in
            let list = try JSONSerialization.jsonObject(with: Data(report.body)) as? [[String: Any]] ?? []
            return list.map { Span(json: $0) }
        }
    }

    /// Waits for that many requests to be reported.
    func spans(of requests: Int) throws -> [Span] {
        let isThere = eventually(within: 20) {
            try spans().filter { $0["name"] == "kong.request" }.count >= requests
        }
        guard isThere else { throw SocketFault("\(try spans().count) spans in \(reports.count) reports") }
        return try spans()
    }
}
