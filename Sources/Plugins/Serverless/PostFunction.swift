// post-function: runs Lua given in the configuration after all other plugins.
// Settings only: what it does with a request is not built yet.

import Schema

package enum PostFunction {
    package static let declaration = PluginDeclaration(
        name: "post-function", version: "0.1.0", priority: -1000,
        config: LuaFunctions.schema(for: "post-function"), scopes: [.route, .service], protocols: nil,
        runOn: ["first", "second", "all"])
}
