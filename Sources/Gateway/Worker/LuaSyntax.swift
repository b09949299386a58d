// Whether a chunk of Lua would load: pre-function and post-function take what LuaJIT takes, with its error texts.
// Nothing is run here.

import CLuaJIT

package enum LuaSyntax {
    /// What is wrong with a chunk, in LuaJIT's words; nil when nothing is. As with Lua's `loadstring`, the text itself
    /// names the chunk in the message. Compiled code is no text and is refused: loading it unchecked is not safe.
    package static func fault(in source: String) -> String? {
        guard let state = luaL_newstate() else { return "no memory for Lua" }
        defer { lua_close(state) }
        guard luaL_loadbufferx(state, source, source.utf8.count, source, "t") != 0 else { return nil }
        return lua_tolstring(state, -1, nil).map { String(cString: $0) } ?? "unknown error"
    }
}
