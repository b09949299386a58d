// Declarative files in Lua: a chunk that returns a table. It runs without any of Lua's functions, so that it can
// compute nothing but its own value, and as long as it likes: the file is its user's own.

import CLuaJIT
import ControlPlane
import Schema

/// Reads the value of a chunk of Lua.
struct LuaDocument {
    /// Deeper than any configuration; a table that contains itself has no end.
    private static let depthLimit = 64

    private let state: OpaquePointer
    private let path: String

    static func read(_ text: String, path: String) throws(DeclarativeError) -> JSON {
        guard let state = luaL_newstate() else { throw DeclarativeError("no memory for Lua") }
        defer { lua_close(state) }
        return try LuaDocument(state: state, path: path).run(text)
    }

    private func run(_ text: String) throws(DeclarativeError) -> JSON {
        guard luaL_loadbufferx(state, text, text.utf8.count, "=" + path, "t") == 0 else { throw fault(topText) }
        lua_createtable(state, 0, 0)
        lua_setfenv(state, -2)
        guard lua_pcall(state, 0, 1, 0) == 0 else { throw fault(topText) }
        guard lua_type(state, -1) != LUA_TNIL else { throw fault(nil) }
        return try value(depth: 0)
    }

    private func fault(_ reason: String?) -> DeclarativeError {
        DeclarativeError(
            "failed parsing declarative configuration file \(path)" + (reason.map { ": \($0)" } ?? ""))
    }

    /// The text on top of the stack.
    private var topText: String { lua_tolstring(state, -1, nil).map { String(cString: $0) } ?? "" }

    // MARK: - Values

    /// The value on top of the stack, which stays there.
    private func value(depth: Int) throws(DeclarativeError) -> JSON {
        guard depth < Self.depthLimit, lua_checkstack(state, 4) != 0 else { throw fault("nested too deeply") }
        switch lua_type(state, -1) {
        case LUA_TBOOLEAN: return .bool(lua_toboolean(state, -1) != 0)
        case LUA_TNUMBER: return .number(lua_tonumber(state, -1))
        case LUA_TSTRING: return .string(topText)
        case LUA_TTABLE: return lua_objlen(state, -1) > 0 ? try list(depth) : try members(depth)
        default: throw fault("a \(String(cString: lua_typename(state, lua_type(state, -1)))) is no value")
        }
    }

    private func list(_ depth: Int) throws(DeclarativeError) -> JSON {
        var items: [JSON] = []
        for place in 1...Int32(clamping: lua_objlen(state, -1)) {
            lua_rawgeti(state, -1, place)
            items.append(try value(depth: depth + 1))
            lua_settop(state, -2)
        }
        return .array(items)
    }

    private func members(_ depth: Int) throws(DeclarativeError) -> JSON {
        var members = JSONObject()
        lua_pushnil(state)
        while lua_next(state, -2) != 0 {
            guard lua_type(state, -2) == LUA_TSTRING, let name = lua_tolstring(state, -2, nil) else {
                throw fault("a name is no text")
            }
            members[String(cString: name)] = try value(depth: depth + 1)
            lua_settop(state, -2)
        }
        return .object(members)
    }
}
