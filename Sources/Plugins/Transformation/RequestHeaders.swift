// The headers of a request as something that rules change. Names are compared without regard to case in every rule;
// Kong does so in all but remove and rename, where a rule with capitals has no or half an effect.

import PluginKit
import Wire

struct RequestHeaders: Transformable {
    let request: ExchangeRequest

    /// What the gateway writes itself, whatever a plugin says: the framing of the message, the connection, and what
    /// nginx sets after all plugins.
    private static let own: Set<HeaderName> = [
        "Connection", "Content-Length", "Expect", "Keep-Alive", "TE", "Transfer-Encoding", "Upgrade", "X-Forwarded-For",
        "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Proto", "X-Real-IP",
    ]
    private static let host: HeaderName = "Host"

    func remove(_ name: RuleText) {
        guard isFree(name) else { return }
        request.clear(name.header)
    }

    func rename(_ old: RuleText, to new: RuleText) {
        guard isFree(old), !Self.own.contains(new.header) else { return }
        let values = request.headerValues(old.header)
        guard let first = values.first else { return }
        request.edits.remove(old.header)
        if new.header == old.header { return }
        if new.header == Self.host { return request.edits.set(new.header, first) }
        request.edits.remove(new.header)
        for value in values { request.edits.add(new.header, value) }
    }

    /// Beside rename the one rule that may name Host, which is always there.
    func replace(_ name: RuleText, with value: RuleText?) {
        guard let value, !Self.own.contains(name.header) else { return }
        guard name.header == Self.host || has(name) else { return }
        request.edits.set(name.header, value.bytes)
    }

    func add(_ name: RuleText, _ value: RuleText) {
        guard isFree(name), !has(name) else { return }
        request.edits.set(name.header, value.bytes)
    }

    func append(_ name: RuleText, _ value: RuleText) {
        guard isFree(name) else { return }
        request.edits.add(name.header, value.bytes)
    }

    private func has(_ name: RuleText) -> Bool {
        request.header(name.header) != nil
    }

    private func isFree(_ name: RuleText) -> Bool {
        name.header != Self.host && !Self.own.contains(name.header)
    }
}
