// The functions of one configuration: Lua chunks, compiled once on each event loop that meets them.

import PluginKit
import Synchronization
import Wire

package final class FunctionSet: Sendable {
    private static let serial = Atomic<Int>(0)

    /// No two sets of a process have the same.
    let number: Int
    /// The plugin's name, for the log.
    let plugin: String
    let chunks: [[UInt8]]
    let node: NodeState
    /// Whether the request's body must be there before the functions run. Lua can't be made to wait for it later, so
    /// this goes by the text: every function that concerns the body has the word in its name.
    package let readsBody: Bool

    package init(plugin: String, chunks: [String], node: NodeState) {
        number = Self.serial.add(1, ordering: .relaxed).newValue
        self.plugin = plugin
        self.chunks = chunks.map { Array($0.utf8) }
        self.node = node
        let words = ["body", "post_args"]
        readsBody = chunks.contains { chunk in words.contains { chunk.contains($0) } }
    }

    /// Runs the functions one after the other; the first that answers ends the request.
    package func run(_ x: Exchange) -> Verdict {
        guard let surroundings = x.driver as? any FunctionSurroundings else { return .respond(.unexpectedError) }
        if let loop = surroundings.functionState as? FunctionLoop { return loop.run(self, x, surroundings) }
        let loop = FunctionLoop()
        surroundings.functionState = loop
        return loop.run(self, x, surroundings)
    }
}
