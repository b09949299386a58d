// Which chunks of Lua can be configured.

import Gateway
import Testing

@Suite struct LuaSyntaxTests {
    @Test(arguments: ["", "return true", "local a = 2", "#!/usr/bin/lua\nreturn 1", "return function() end -- ünïcode"])
    func `what loads is accepted`(_ source: String) {
        #expect(LuaSyntax.fault(in: source) == nil)
    }

    @Test func `what does not load is refused in Lua's words`() {
        #expect(
            LuaSyntax.fault(in: "this is not lua") == "[string \"this is not lua\"]:1: '=' expected near 'is'")
    }

    @Test func `compiled code is refused`() {
        #expect(LuaSyntax.fault(in: "\u{1B}LJ\u{2}\u{0}")?.contains("attempt to load chunk with wrong mode") == true)
    }

    @Test func `nesting without end is a fault and not the end of the process`() {
        let source = "return " + String(repeating: "(", count: 100_000)
        #expect(LuaSyntax.fault(in: source) != nil)
    }
}
