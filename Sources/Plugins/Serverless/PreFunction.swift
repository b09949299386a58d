// pre-function: runs Lua given in the configuration before all other plugins.

import Lua
import PluginKit
import Schema

package struct PreFunction: AccessPhase {
    package static let declaration = PluginDeclaration(
        name: "pre-function", version: "0.1.0", priority: .infinity,
        config: LuaFunctions.schema(for: "pre-function"), scopes: [.route, .service], protocols: nil,
        runOn: ["first", "second", "all"])

    private let functions: FunctionSet

    package init(_ config: LuaFunctions, _ setup: Setup) {
        functions = FunctionSet(plugin: "pre-function", chunks: config.functions, node: setup.node)
    }

    package var readsBody: Bool { functions.readsBody }

    package func access(_ x: Exchange) -> Verdict { functions.run(x) }
}
