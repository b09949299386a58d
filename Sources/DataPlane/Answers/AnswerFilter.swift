// What nginx' filters do to the answers of one server beside what Kong does: directives that somebody injected. There
// is none where nothing is injected.

import NIOCore
import PluginKit

/// What the injected directives of one server block say about its answers.
package struct AnswerRules: Sendable {
    /// A header that answers get besides those that they have (add_header).
    package struct Addition: Sendable {
        package let name: HeaderName
        /// Text with variables.
        package let value: LogFormat
        /// Whether answers of every status get it, and not only those that are no errors.
        package let isForAll: Bool

        package init(name: HeaderName, value: LogFormat, isForAll: Bool) {
            self.name = name
            self.value = value
            self.isForAll = isForAll
        }
    }

    package var gzip = GzipRules()
    package var additions: [Addition] = []
    /// Headers of upstreams that the client does not get (proxy_hide_header).
    package var hidden: [HeaderName] = []

    package init() {}

    var isEmpty: Bool { !gzip.isOn && additions.isEmpty && hidden.isEmpty }
}

/// The rules on one event loop.
final class AnswerFilter {
    let rules: AnswerRules
    let compressors: Compressors
    /// What the headers tell, and is only noted for that.
    let wants: LogWants

    /// Nil when there is nothing to do.
    init?(_ rules: AnswerRules) {
        guard !rules.isEmpty else { return nil }
        self.rules = rules
        compressors = Compressors(level: rules.gzip.level)
        wants = rules.additions.reduce(into: []) { $0.formUnion($1.value.wants) }
    }
}
