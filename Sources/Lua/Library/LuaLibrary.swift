// The Lua side of what functions can use: texts that are loaded into each state when it is made. They stand upon the
// functions of `FunctionHost`, which Lua knows as `native`, and hold Kong's checks and texts. Nothing in them can do
// harm, so that what is odd about an argument can at most be an error of Lua.

enum LuaLibrary {
    private static let parts = [json, nginx, nginxRequest, regex, kongRequest, kongAnswer, kongRest]

    /// One chunk, whose value is the function that runs a set of functions by its number.
    static let text: String = {
        let names = FunctionHost.natives.map { "\"\($0.name)\"" }.joined(separator: ", ")
        let kit = "local names = { \(names) }\nlocal kit = (function()\n\(core)\nend)();\n"
        return kit + parts.map { "(function(...)\n\($0)\nend)(kit);\n" }.joined() + "return kit.run\n"
    }()
}
