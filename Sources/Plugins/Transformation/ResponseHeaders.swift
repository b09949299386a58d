// The headers of an answer as something that rules change. Of an answer that the gateway or a plugin made only those
// headers are seen that plugins set on the exchange.

import NIOCore
import PluginKit
import Wire

struct ResponseHeaders: Transformable {
    let response: ExchangeResponse

    /// What the gateway writes itself after all plugins: the framing, the connection and Kong's marks.
    private static let own: Set<HeaderName> = [
        "Connection", "Content-Length", "Keep-Alive", "Transfer-Encoding", "Via", "X-Kong-Proxy-Latency",
        "X-Kong-Upstream-Latency", "X-Kong-Upstream-Status",
    ]

    func remove(_ name: RuleText) {
        if isFree(name) { response.edits.remove(name.header) }
    }

    /// The plugin has no such rule for answers.
    func rename(_ old: RuleText, to new: RuleText) {}

    func replace(_ name: RuleText, with value: RuleText?) {
        guard let value, isFree(name), has(name.header) else { return }
        response.edits.set(name.header, value.bytes)
    }

    func add(_ name: RuleText, _ value: RuleText) {
        guard isFree(name), !has(name.header) else { return }
        response.edits.set(name.header, value.bytes)
    }

    func append(_ name: RuleText, _ value: RuleText) {
        if isFree(name) { response.edits.add(name.header, value.bytes) }
    }

    private func isFree(_ name: RuleText) -> Bool {
        !Self.own.contains(name.header)
    }

    private func has(_ name: HeaderName) -> Bool {
        if !response.edits.values(of: name).isEmpty { return true }
        return response.isProxied && !response.edits.hides(name.lowered.span, name.known) && isReceived(name)
    }

    private func isReceived(_ name: HeaderName) -> Bool {
        let fields = response.head.fields
        let bytes = response.bytes
        let span = bytes.readableBytesUInt8Span
        for index in 0..<fields.endIndex where name.matches(span.extracting(fields[index].name.range)) {
            return true
        }
        return false
    }
}
