// The plugins that look at a request, resolved when the configuration is compiled: one slot a plugin, in the order in
// which they run, with the configurations that may be meant there.

import PluginKit

/// The plugins of one route and service, in descending priority.
package final class Chain: Sendable {
    /// One plugin's place in the chain.
    package struct Slot: Sendable {
        /// The configuration for requests without a consumer, or whose consumer has none of its own.
        package let base: PluginInstance?
        /// Configurations for single consumers, by consumer id.
        package let byConsumer: [[UInt8]: PluginInstance]

        package init(base: PluginInstance?, byConsumer: [[UInt8]: PluginInstance] = [:]) {
            self.base = base
            self.byConsumer = byConsumer
        }

        /// The configuration that counts for this exchange at position `index` of the chain. A consumer counts only
        /// for the plugins after the one that identified it, as in Kong.
        @inline(__always)
        func instance(for exchange: Exchange, at index: Int) -> PluginInstance? {
            if byConsumer.isEmpty { return base }
            guard let consumer = exchange.consumer, index > exchange.consumerStep else { return base }
            return byConsumer[consumer.id] ?? base
        }
    }

    package let slots: [Slot]
    /// Whether some plugin looks at request bodies before the request is sent on.
    package let readsBody: Bool
    let hasResponseHead: Bool
    let hasResponseBody: Bool
    let hasLog: Bool
    /// Whether some plugin writes `LogEntry`, so that more has to be noted of a request.
    let logsEntries: Bool

    package init(_ slots: [Slot]) {
        self.slots = slots
        let instances = slots.flatMap { [$0.base].compactMap { $0 } + $0.byConsumer.values }
        readsBody = instances.contains { $0.readsBody }
        hasResponseHead = instances.contains { $0.responseHead != nil }
        hasResponseBody = instances.contains { $0.responseBody != nil }
        hasLog = instances.contains { $0.log != nil }
        logsEntries = instances.contains { $0.logsEntries }
    }

    /// No plugin at all.
    package static let empty = Chain([])
}
