// The headers of an answer as something that rules change.

import NIOCore
import PluginKit
import Wire

struct ResponseHeaders: Transformable {
    private let response: ExchangeResponse
    /// As before all rules: Kong looks at what was there then, also for what a rule has removed since.
    private let before: HeaderEdits

    init(response: ExchangeResponse) {
        self.response = response
        before = response.edits
    }

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
        if !before.values(of: name).isEmpty { return true }
        if before.hides(name.lowered.span, name.known) { return false }
        return response.isProxied ? isReceived(name) : response.own?.fields.contains { $0.name == name } ?? false
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
