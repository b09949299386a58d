// The one setting of pre-function and post-function: chunks of Lua, whose syntax is checked when they are configured.

import Schema

package struct LuaFunctions: Declared {
    package var functions: [String] = []

    package init() {}

    package static let fields: [Field<Self>] = [
        Field("functions", \.functions, .required, doc: "Chunks of Lua, run one after the other.")
    ]

    /// The settings with the check of the chunks, whose text names the plugin.
    static func schema(for plugin: String) -> RecordSchema {
        let chunk = Trait.custom { value, context in
            context.syntax.luaError(value.string ?? "").map { "Error parsing \(plugin): \($0)" }
        }
        let element = FieldSpec(name: "", kind: .string, traits: [chunk])
        var functions = FieldSpec(name: "functions", kind: .array(element), traits: [.required])
        functions.doc = "Chunks of Lua, run one after the other."
        return RecordSchema(fields: [functions])
    }
}
