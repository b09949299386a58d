// post-function: runs Lua given in the configuration after all other plugins.

import Lua
import PluginKit
import Schema

package struct PostFunction: AccessPhase {
    package static let declaration = PluginDeclaration(
        name: "post-function", version: "0.1.0", priority: -1000,
        config: LuaFunctions.schema(for: "post-function"), scopes: [.route, .service], protocols: nil,
        runOn: ["first", "second", "all"])

    private let functions: FunctionSet

    package init(_ config: LuaFunctions, _ setup: Setup) {
        functions = FunctionSet(plugin: "post-function", chunks: config.functions, node: setup.node)
    }

    package var readsBody: Bool { functions.readsBody }

    package func access(_ x: Exchange) -> Verdict { functions.run(x) }
}
