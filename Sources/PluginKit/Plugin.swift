// What a plugin is: one type that holds its configuration and takes part in the phases it conforms to.
//
//     struct Hello: ResponseHeadPhase {
//         static let declaration = PluginDeclaration(name: "hello", priority: 5, config: Config.self, ...)
//         struct Config: Declared { var text = "world" ... }
//         let text: [UInt8]
//         init(_ config: Config, _ setup: Setup) { text = Array(config.text.utf8) }
//         func responseHead(_ x: Exchange) { x.response.edits.set("X-Hello", text) }
//     }

import Schema

/// A plugin's behaviour for one configuration. Made once per configuration, off the event loops; then used by all of
/// them at once, so it holds only immutable or atomic state.
package protocol Plugin: Sendable {
    associatedtype Config: Declared
    /// Name, priority, schema and scope rules.
    static var declaration: PluginDeclaration { get }
    /// Tables of rows it looks things up in.
    static var lookups: [Lookup] { get }
    init(_ config: Config, _ setup: Setup)
}

extension Plugin {
    package static var lookups: [Lookup] { [] }
}

/// Runs before a request is proxied, in descending priority.
package protocol AccessPhase: Plugin {
    /// Whether `access` looks at the request's body, which is then read before it runs (up to
    /// client_body_buffer_size; a larger one is not shown, as in Kong).
    var readsBody: Bool { get }
    /// Whether `access` may refuse or change a request. Streams, in which it cannot run, are closed then.
    static var isGuard: Bool { get }
    func access(_ x: Exchange) -> Verdict
}

extension AccessPhase {
    package var readsBody: Bool { false }
    package static var isGuard: Bool { true }
}

/// Runs when the status and headers of the answer are known and not yet sent, whoever made them.
package protocol ResponseHeadPhase: Plugin {
    func responseHead(_ x: Exchange)
}

/// Runs after the answer has been sent.
package protocol LogPhase: Plugin {
    /// Whether `log` asks for `LogEntry`, for which more is noted of a request than otherwise.
    static var logsEntries: Bool { get }
    func log(_ x: Exchange)
}

extension LogPhase {
    package static var logsEntries: Bool { false }
}
