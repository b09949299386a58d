// What a function can't do: end the process, read files, run without end, take all the memory.

import Lua
import PluginKit
import Testing

@Suite struct FunctionLimitTests {
    @Test(arguments: [
        "while true do end",
        "while true do pcall(function() while true do end end) end",
        "coroutine.wrap(function() while true do end end)()",
        "local function f() return f() end f()",
        "while true do pcall(error) end",
        "local t = setmetatable({}, { __index = function(t, k) return t[k + 1] end }) while true do pcall(t, t[1]) end",
    ])
    func `an endless function is stopped, and the next one runs`(_ body: String) {
        let bench = Bench()
        #expect(bench.run(body).answer?.status == 500)
        #expect(bench.value("1 + 1") == "2")
    }

    @Test func `the log tells that a function was stopped`() {
        let bench = Bench()
        _ = bench.run("while true do end")
        #expect(bench.lines == ["4 [kong] pre-function: it ran for too long and was stopped"])
    }

    @Test(arguments: [
        "local t = {} while true do t[#t + 1] = ('x'):rep(100000) .. #t end",
        "t = {} while true do t[#t + 1] = ('x'):rep(100000) .. #t end",
        "return ('x'):rep(1e9)",
        "local s = 'x' while true do s = s .. s end",
        "local t = {} while true do t[#t + 1] = ngx.encode_base64(('x'):rep(1000000) .. #t) end",
    ])
    func `a function without measure gets no more memory, and the next one runs`(_ body: String) {
        let bench = Bench()
        #expect(bench.run(body).answer?.status == 500)
        #expect(bench.lines.last?.hasSuffix("not enough memory") == true)
        #expect(bench.value("1 + 1") == "2")
    }

    @Test(arguments: [
        "os.exit()", "os.execute('true')", "os.remove('/x')", "io.open('/etc/passwd')",
        "dofile('/etc/passwd')",
        "loadfile('/etc/passwd')", "require('ffi')", "ffi.C.abort()", "debug.sethook()",
        "debug.getregistry()",
        "jit.on()", "newproxy(true)", "string.dump(print)", "package.loadlib('x', 'y')", "ngx.sleep(1)",
        "ngx.timer.at(0, print)", "ngx.socket.tcp()", "ngx.location.capture('/')",
        "ngx.thread.spawn(print)",
        "require('resty.http')", "kong.db.consumers:select()", "kong.cache:get('x')", "host(0)",
    ])
    func `what ends the process, reads files or waits is not there`(_ call: String) {
        let bench = Bench()
        #expect(bench.run(call).answer?.status == 500)
        #expect(bench.value("1 + 1") == "2")
    }

    @Test func `what waits is named by the error`() {
        #expect(Bench().fault("ngx.sleep(1)") == "ngx.sleep is not available in functions")
        #expect(Bench().fault("io.open('x')") == "io.open is not available in functions")
        #expect(Bench().fault("local x = kong.db") == "kong.db is not available in functions")
        #expect(
            Bench().fault("local x = require('nothing')")
                == "module 'nothing' not found:\n\tno field package.preload['nothing']")
    }

    @Test func `compiled code is not loaded`() {
        #expect(Bench().value("loadstring('\\27LJ\\2\\0')") == "nil")
        #expect(Bench().value("load('\\27LJ\\2\\0')") == "nil")
        #expect(Bench().value("load(function() return nil end) ~= nil") == "true")
        #expect(Bench().value("loadstring('return 5')()") == "5")
    }

    @Test func `odd arguments are errors of Lua and nothing worse`() {
        let bench = Bench()
        let survey = """
            local odd = { false, true, 0, -1, 1e308, 0/0, 1/0, '', 'x', ('y'):rep(5000), '\\0\\255', {}, { {} },
              { [1e9] = 1 },
              print, coroutine.create(print), ngx.null, setmetatable({}, { __index = error, __tostring = error }) }
            local seen, calls = {}, 0
            local function try(f)
              for a = 0, #odd do for b = 0, #odd, 3 do
                pcall(coroutine.wrap(f), odd[a], odd[b], odd[(a + b) % #odd])
                calls = calls + 1
              end end
            end
            local skip = { exit = true, redirect = true, say = true, print = true, send_headers = true, eof = true }
            local function walk(t)
              if seen[t] then return end
              seen[t] = true
              for k, v in pairs(t) do
                if type(v) == 'function' and not skip[k] then try(v) end
                if type(v) == 'table' and k ~= '_G' and k ~= 'loaded' and k ~= 'coroutine' then walk(v) end
              end
            end
            """
        for part in [
            "kong.request", "kong.service", "kong.client", "kong.ip", "kong.log", "kong.router",
            "kong.node",
            "ngx.req", "ngx.re",
            "{ ngx.log, ngx.md5, ngx.escape_uri, ngx.unescape_uri, ngx.encode_args }",
            "{ ngx.decode_args, ngx.http_time, ngx.cookie_time, ngx.parse_http_time, ngx.hmac_sha1 }",
            "{ kong.response.set_header, kong.response.set_headers, kong.response.clear_header }",
            "require('cjson.safe')", "require('kong.tools.utils')", "require('ngx.re')",
            "require('ngx.base64')",
        ] {
            // In its own time, whatever it needs: what counts is that it comes back.
            let verdict = bench.run(survey + "\nwalk(\(part)); ngx.ctx.calls = calls")
            #expect(verdict.isNext || verdict.answer?.status == 500, "\(part): \(bench.lines.last ?? "")")
        }
        #expect(bench.value("1 + 1") == "2")
    }
}
