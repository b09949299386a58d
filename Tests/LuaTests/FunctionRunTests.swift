// How functions run: order, ends, errors, what is kept and what is not.

import Lua
import PluginKit
import Testing

@Suite struct FunctionRunTests {
    @Test func `functions run in order and share the request's context`() {
        let bench = Bench()
        let verdict = bench.run(
            "kong.ctx.shared.n = 1", "kong.ctx.shared.n = kong.ctx.shared.n + 41",
            "kong.service.request.set_header('x-n', tostring(kong.ctx.shared.n))")
        #expect(verdict.isNext)
        #expect(bench.upstreamHeader("X-N") == ["42"])
    }

    @Test func `what follows an answer is not run`() {
        let bench = Bench()
        let answer = bench.run("kong.response.exit(201, 'first')", "kong.response.exit(202, 'second')")
            .answer
        #expect(answer?.status == 201)
        #expect(answer?.text == "first")
    }

    @Test func `no pcall and no coroutine of a function keeps it going after its end`() {
        for end in ["ngx.exit(403)", "kong.response.exit(403)"] {
            for body in [
                "pcall(function() \(end) end); error('went on')",
                "coroutine.wrap(function() \(end) end)(); error('went on')",
                "coroutine.resume(coroutine.create(function() pcall(function() \(end) end) end)); error('went on')",
                "xpcall(function() \(end) end, print); error('went on')",
            ] {
                #expect(Bench().run(body).answer?.status == 403, "\(body)")
            }
        }
    }

    @Test func `coroutines of a function work`() {
        let text = Bench().value(
            """
            (function()
              local c = coroutine.wrap(function(a) local b = coroutine.yield(a + 1); return b * 2 end)
              return c(1) .. ' ' .. c(10)
            end)()
            """)
        #expect(text == "2 20")
    }

    @Test func `an error is told in the log and answered 500`() {
        let bench = Bench()
        let answer = bench.run("local x = nil; x.y = 1").answer
        #expect(answer?.status == 500)
        #expect(answer?.text == "{\"message\":\"An unexpected error occurred\"}")
        #expect(
            bench.lines == [
                "4 [kong] pre-function: [string \"local x = nil; x.y = 1\"]:1: attempt to index local 'x' (a nil value)"
            ])
    }

    @Test(arguments: [
        "error()", "error({ code = 5 })", "error(setmetatable({}, { __tostring = error }))",
        "error(42)",
    ])
    func `errors that are no texts do no harm`(_ body: String) {
        #expect(Bench().run(body).answer?.status == 500)
    }

    @Test func `global variables are kept and shared, local ones are not`() {
        let bench = Bench()
        let counting = bench.set([
            "n = (n or 0) + 1; local m; m = (m or 0) + 1; kong.response.exit(200, n .. m)"
        ])
        #expect(counting.run(bench.x).answer?.text == "11")
        #expect(counting.run(bench.x).answer?.text == "21")
        #expect(bench.value("n") == "2")
    }

    @Test func `contexts end with the request, and each plugin has its own`() {
        let bench = Bench()
        #expect(bench.run("kong.ctx.plugin.a = 1; kong.ctx.shared.b = 2; ngx.ctx.c = 3").isNext)
        let seen = "tostring(kong.ctx.plugin.a) .. tostring(kong.ctx.shared.b) .. tostring(ngx.ctx.c)"
        #expect(bench.value(seen) == "nil23")
        bench.x.attachment = nil
        #expect(bench.value(seen) == "nilnilnil")
    }

    @Test func `functions that end without answering let the request go on, whatever they return`() {
        #expect(Bench().run("return 1").isNext)
        #expect(Bench().run("return function() kong.response.exit(200) end").isNext)
        #expect(Bench().run("ngx.status = 404").isNext)
    }

    @Test func `a function that yields is at fault`() {
        #expect(Bench().run("coroutine.yield(1); kong.response.exit(200)").answer?.status == 500)
    }

    @Test func `a set of functions needs the body when its text speaks of it`() {
        let bench = Bench()
        #expect(bench.set(["kong.request.get_raw_body()"]).readsBody)
        #expect(bench.set(["return 1", "ngx.req.get_post_args()"]).readsBody)
        #expect(!bench.set(["kong.request.get_path()"]).readsBody)
    }
}
