// pre-function: runs Lua given in the configuration before all other plugins.
// Settings only: what it does with a request is not built yet.

import Schema

package enum PreFunction {
    package static let declaration = PluginDeclaration(
        name: "pre-function", version: "0.1.0", priority: .infinity,
        config: LuaFunctions.schema(for: "pre-function"), scopes: [.route, .service], protocols: nil,
        runOn: ["first", "second", "all"])
}
