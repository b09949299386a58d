// What the Admin API tells of the node it runs on (GET /, GET /status).

import PluginKit
import Schema

/// The node behind an Admin API.
package struct NodeInformation: Sendable {
    package var hostname: String
    /// Made at the start of the node and kept over a reload.
    package var nodeID: String
    package var version: String
    package var luaVersion: String
    package var processID: Int
    /// All settings as resolved, passwords masked.
    package var configuration: JSON
    /// `database = off`: the configuration comes from a declarative document.
    package var isDatabaseLess: Bool
    /// How a sidecar finds this node's database, passwords included.
    package var sidecarDatabase: [SidecarVariable] = []
    package var counters: @Sendable () -> ConnectionCounters
    /// Brings the figures up to date where other processes take part in counting.
    package var renew: @Sendable () async -> Void
    package var health: UpstreamHealth
    /// What the prometheus plugin counts on this node.
    package var figures: FiguresTable
    /// What the gateway's own series of /metrics show; nil when they are off.
    package var internals: (@Sendable () -> NodeInternals)?
    /// What /cache shows; nil for a node that serves no requests.
    package var cache: CachedRows?

    package init(
        hostname: String, nodeID: String, version: String = "1.1.2", luaVersion: String = "LuaJIT 2.1.0-beta3",
        processID: Int, configuration: JSON, isDatabaseLess: Bool = false,
        health: UpstreamHealth = .none, figures: FiguresTable = FiguresTable(),
        cache: CachedRows? = nil, internals: (@Sendable () -> NodeInternals)? = nil,
        renew: @escaping @Sendable () async -> Void = {},
        counters: @escaping @Sendable () -> ConnectionCounters
    ) {
        self.hostname = hostname
        self.nodeID = nodeID
        self.version = version
        self.luaVersion = luaVersion
        self.processID = processID
        self.configuration = configuration
        self.isDatabaseLess = isDatabaseLess
        self.counters = counters
        self.renew = renew
        self.health = health
        self.figures = figures
        self.cache = cache
        self.internals = internals
    }
}
