// What is left of Lua's own functions, and what runs the functions of a configuration.

extension LuaLibrary {
    static let core = #"""
        -- The global functions that are left to functions, and what runs them.
        local call = host
        host = nil

        local native = {}
        for place, name in ipairs(names) do
          local number = place - 1
          native[name] = function(...) return call(number, ...) end
        end

        local type, error, pcall, tostring, setmetatable = type, error, pcall, tostring, setmetatable
        local select, rawget, rawset, pairs, ipairs = select, rawget, rawset, pairs, ipairs
        local create, resume, yield, status = coroutine.create, coroutine.resume, coroutine.yield, coroutine.status
        local load_chunk, concat, collect = load, table.concat, collectgarbage

        -- What reads files, ends the process, or could harm it is not there.
        local function denied(name)
          return setmetatable({}, {
            __index = function(_, key)
              error(name .. "." .. tostring(key) .. " is not available in functions", 2)
            end,
          })
        end

        local function refusing(name, level)
          return function()
            error(name .. " is not available in functions", level or 2)
          end
        end

        local real_os = os
        os = setmetatable({
          time = real_os.time, date = real_os.date, clock = real_os.clock, difftime = real_os.difftime,
          getenv = function() return nil end,
        }, getmetatable(denied("os")))
        io = denied("io")
        ffi = nil
        debug = { traceback = debug.traceback, getinfo = debug.getinfo }
        jit = { version = jit.version, version_num = jit.version_num, os = jit.os, arch = jit.arch }
        newproxy = nil
        string.dump = nil
        dofile = refusing("dofile")
        loadfile = refusing("loadfile")
        module = refusing("module")

        function load(chunk, name, _, environment)
          if type(chunk) == "string" then name = name or chunk end
          if environment == nil then return load_chunk(chunk, name, "t") end
          return load_chunk(chunk, name, "t", environment)
        end

        function loadstring(text, name)
          if type(text) ~= "string" then
            error("bad argument #1 to 'loadstring' (string expected, got " .. type(text) .. ")", 2)
          end
          return load_chunk(text, name or text, "t")
        end

        function collectgarbage(what, argument)
          what = what or "collect"
          if what == "count" or what == "collect" or what == "step" then return collect(what, argument) end
          return 0
        end
        gcinfo = nil

        local loaded = {}
        local preload = {}
        for _, name in ipairs({ "_G", "string", "table", "math", "bit", "coroutine" }) do loaded[name] = _G[name] end
        loaded.os, loaded.debug, loaded.jit, loaded.io = os, debug, jit, io
        loaded["table.new"] = require("table.new")
        loaded["table.clear"] = require("table.clear")
        package = { loaded = loaded, preload = preload, path = "", cpath = "", config = package.config }
        loaded.package = package

        function require(name)
          if type(name) ~= "string" and type(name) ~= "number" then
            error("bad argument #1 to 'require' (string expected, got " .. type(name) .. ")", 2)
          end
          name = tostring(name)
          if loaded[name] ~= nil then return loaded[name] end
          local loader = preload[name]
          if loader == nil then
            error("module '" .. name .. "' not found:\n\tno field package.preload['" .. name .. "']", 2)
          end
          local made = loader(name)
          if made ~= nil then loaded[name] = made elseif loaded[name] == nil then loaded[name] = true end
          return loaded[name]
        end

        -- What ends a function from within: it is yielded and nobody goes on after it, not even its own pcall.
        local EXIT = {}

        local function relay(ok, first, ...)
          if ok and first == EXIT then yield(EXIT) end
          return ok, first, ...
        end

        local function unwrap(ok, first, ...)
          if not ok then error(first, 0) end
          if first == EXIT then yield(EXIT) end
          return first, ...
        end

        function coroutine.resume(thread, ...)
          return relay(resume(thread, ...))
        end

        function coroutine.wrap(body)
          local thread = create(body)
          return function(...) return unwrap(resume(thread, ...)) end
        end

        local compiled = {}
        local requests = {}
        local current

        local function compile(set)
          for other in pairs(compiled) do
            if not native.is_alive(other) then compiled[other] = nil end
          end
          local functions, place = {}, 0
          while true do
            local text = native.source(place)
            if not text then break end
            functions[#functions + 1] = load_chunk(text, text, "t")
            place = place + 1
          end
          compiled[set] = functions
          return functions
        end

        local function describe(fault)
          if type(fault) == "string" then return fault end
          local ok, text = pcall(tostring, fault)
          return ok and type(text) == "string" and text or "an error without a text"
        end

        local function perform(functions)
          for place = 1, #functions do functions[place]() end
        end

        -- What Kong puts into ngx.ctx, looked up when it is asked for.
        local lazy = {
          route = native.route, service = native.service, authenticated_consumer = native.consumer,
          authenticated_credential = native.credential,
        }

        local ctx_meta = {
          __index = function(list, name)
            local find = lazy[name]
            local value = find and find()
            if value ~= nil then
              rawset(list, name, value)
              if current then current.found[name] = value end
            end
            return value
          end,
        }

        -- Tells the gateway who the client is, when a function has decided that.
        local function identify(state)
          local consumer = rawget(state.ctx, "authenticated_consumer")
          local credential = rawget(state.ctx, "authenticated_credential")
          if consumer == state.found.authenticated_consumer and credential == state.found.authenticated_credential then
            return
          end
          state.found.authenticated_consumer, state.found.authenticated_credential = consumer, credential
          local json = loaded["cjson.safe"]
          native.identify(type(consumer) == "table" and json.encode(consumer) or nil,
            type(credential) == "table" and json.encode(credential) or nil)
        end

        local function request_of(number)
          for _, ended in ipairs(native.ended_requests()) do requests[ended] = nil end
          local known = requests[number]
          if not known then
            known = { ctx = setmetatable({}, ctx_meta), plugins = {}, found = {} }
            requests[number] = known
          end
          return known
        end

        -- Gives the answer that was written with ngx.say and ngx.print.
        local function answer_said()
          native.answer(current.said_status, concat(current.said))
        end

        local function run(set)
          current = request_of(native.request())
          current.set = set
          local thread = create(perform)
          local ok, what = resume(thread, compiled[set] or compile(set))
          if not ok then
            native.fail(describe(what))
          elseif status(thread) == "dead" then
            if current.said then answer_said() end
          elseif what ~= EXIT and what then
            native.fail(describe(what))
          end
          identify(current)
          current = nil
        end

        local function exit()
          yield(EXIT)
        end

        local nothing = null
        null = nil

        return {
          null = nothing, native = native, run = run, exit = exit, answer_said = answer_said, refusing = refusing,
          loaded = loaded, preload = preload, request = function() return current end,
        }
        """#
}
