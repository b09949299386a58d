// The one setting of pre-function and post-function: chunks of Lua, whose syntax is checked when they are configured.

import Schema

enum LuaFunctions {
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
