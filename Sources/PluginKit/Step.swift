// The compiled form of a plugin in a chain. A generic final class wraps each plugin struct: calling it costs a
// class-bound witness call, where calling through an existential of a large struct costs five times that.

import Schema

package protocol AccessStep: AnyObject, Sendable {
    func access(_ x: Exchange) -> Verdict
}

package protocol ResponseHeadStep: AnyObject, Sendable {
    func responseHead(_ x: Exchange)
}

package protocol LogStep: AnyObject, Sendable {
    func log(_ x: Exchange)
}

private final class AccessBox<P: AccessPhase>: AccessStep {
    let plugin: P
    init(_ plugin: P) { self.plugin = plugin }
    func access(_ x: Exchange) -> Verdict { plugin.access(x) }
}

private final class ResponseHeadBox<P: ResponseHeadPhase>: ResponseHeadStep {
    let plugin: P
    init(_ plugin: P) { self.plugin = plugin }
    func responseHead(_ x: Exchange) { plugin.responseHead(x) }
}

private final class LogBox<P: LogPhase>: LogStep {
    let plugin: P
    init(_ plugin: P) { self.plugin = plugin }
    func log(_ x: Exchange) { plugin.log(x) }
}

/// A plugin with its configuration, ready to take part in chains.
package final class PluginInstance: Sendable {
    package let name: String
    package let priority: Double
    package let access: (any AccessStep)?
    package let responseHead: (any ResponseHeadStep)?
    package let responseBody: (any ResponseBodyStep)?
    package let log: (any LogStep)?
    package let readsBody: Bool
    /// Whether the access phase may refuse or change a request.
    package let isGuard: Bool
    /// Whether the log phase asks for `LogEntry`.
    package let logsEntries: Bool

    package init<P: Plugin>(_ type: P.Type, config: JSONObject, setup: Setup) {
        let plugin = P(P.Config(row: config), setup)
        name = P.declaration.name
        priority = P.declaration.priority
        access = (plugin as? any AccessPhase).map { Self.box($0) }
        responseHead = (plugin as? any ResponseHeadPhase).map { Self.box($0) }
        responseBody = (plugin as? any ResponseBodyPhase).map { Self.box($0) }
        log = (plugin as? any LogPhase).map { Self.box($0) }
        readsBody = (plugin as? any AccessPhase)?.readsBody ?? false
        isGuard = (P.self as? any AccessPhase.Type)?.isGuard ?? false
        logsEntries = (P.self as? any LogPhase.Type)?.logsEntries ?? false
    }

    private static func box<P: AccessPhase>(_ plugin: P) -> any AccessStep { AccessBox(plugin) }
    private static func box<P: ResponseHeadPhase>(_ plugin: P) -> any ResponseHeadStep { ResponseHeadBox(plugin) }
    private static func box<P: ResponseBodyPhase>(_ plugin: P) -> any ResponseBodyStep { ResponseBodyBox(plugin) }
    private static func box<P: LogPhase>(_ plugin: P) -> any LogStep { LogBox(plugin) }
}
