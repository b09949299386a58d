// What of OpenResty's `ngx` needs no waiting, in Lua.

extension LuaLibrary {
    static let nginx = #"""
        -- What of OpenResty's `ngx` needs no waiting.
        local kit = ...
        local native, request, exit, refusing, loaded = kit.native, kit.request, kit.exit, kit.refusing, kit.loaded
        local type, error, pairs, ipairs, tostring, tonumber = type, error, pairs, ipairs, tostring, tonumber
        local setmetatable, getmetatable, rawget, rawset = setmetatable, getmetatable, rawget, rawset
        local select, unpack, pcall = select, unpack, pcall
        local concat, insert, floor = table.concat, table.insert, math.floor
        local format, gsub, gmatch, lower, match = string.format, string.gsub, string.gmatch, string.lower, string.match
        local getinfo = debug.getinfo
        local null = kit.null

        ngx = {
          null = null, OK = 0, ERROR = -1, AGAIN = -2, DONE = -4, DECLINED = -5,
          STDERR = 0, EMERG = 1, ALERT = 2, CRIT = 3, ERR = 4, WARN = 5, NOTICE = 6, INFO = 7, DEBUG = 8,
          config = {
            subsystem = "http", debug = false, nginx_version = 1013006, ngx_lua_version = 10013,
            prefix = function() return "" end, nginx_configure = function() return "" end,
          },
          worker = {
            pid = function() return native.pid() end, id = function() return native.worker() end,
            count = function() return native.workers() end, exiting = function() return false end,
          },
          shared = {}, arg = {},
        }

        for number, name in pairs({
          [100] = "CONTINUE", [101] = "SWITCHING_PROTOCOLS", [200] = "OK", [201] = "CREATED", [202] = "ACCEPTED",
          [204] = "NO_CONTENT", [206] = "PARTIAL_CONTENT", [300] = "SPECIAL_RESPONSE", [301] = "MOVED_PERMANENTLY",
          [302] = "MOVED_TEMPORARILY", [303] = "SEE_OTHER", [304] = "NOT_MODIFIED", [307] = "TEMPORARY_REDIRECT",
          [308] = "PERMANENT_REDIRECT", [400] = "BAD_REQUEST", [401] = "UNAUTHORIZED", [402] = "PAYMENT_REQUIRED",
          [403] = "FORBIDDEN", [404] = "NOT_FOUND", [405] = "NOT_ALLOWED", [406] = "NOT_ACCEPTABLE",
          [408] = "REQUEST_TIMEOUT", [409] = "CONFLICT", [410] = "GONE", [426] = "UPGRADE_REQUIRED",
          [429] = "TOO_MANY_REQUESTS", [444] = "CLOSE", [451] = "ILLEGAL", [500] = "INTERNAL_SERVER_ERROR",
          [501] = "METHOD_NOT_IMPLEMENTED", [502] = "BAD_GATEWAY", [503] = "SERVICE_UNAVAILABLE",
          [504] = "GATEWAY_TIMEOUT", [505] = "VERSION_NOT_SUPPORTED", [507] = "INSUFFICIENT_STORAGE",
        }) do ngx["HTTP_" .. name] = number end

        local methods = {
          GET = 2, HEAD = 4, POST = 8, PUT = 16, DELETE = 32, MKCOL = 64, COPY = 128, MOVE = 256, OPTIONS = 512,
          PROPFIND = 1024, PROPPATCH = 2048, LOCK = 4096, UNLOCK = 8192, PATCH = 16384, TRACE = 32768,
        }
        local method_names = {}
        for name, number in pairs(methods) do
          ngx["HTTP_" .. name] = number
          method_names[number] = name
        end
        kit.methods = methods

        -- The message of a wrong argument, as Lua's own functions have it.
        local function bad(place, name, text, level)
          error("bad argument #" .. place .. " to '" .. name .. "' (" .. text .. ")", (level or 1) + 2)
        end

        -- A text, as ngx_lua's functions take it.
        local function text_of(value, place, name)
          local kind = type(value)
          if kind == "string" then return value end
          if kind == "number" then return tostring(value) end
          bad(place, name, "string expected, got " .. (value == nil and "nil" or kind), 2)
        end

        -- Output.

        local function write_list(list, out, place, name, depth)
          local most = 0
          for key in pairs(list) do
            if type(key) ~= "number" or key < 1 or floor(key) ~= key then
              bad(place, name, "non-array table found", 3 + 2 * depth)
            end
            if key > most then most = key end
          end
          for index = 1, most do kit.write(list[index], out, place, name, depth + 1) end
        end

        -- A list within lists has a depth.
        function kit.write(value, out, place, name, depth)
          local kind = type(value)
          if kind == "string" then
            out[#out + 1] = value
          elseif kind == "number" then
            out[#out + 1] = format("%.14g", value)
          elseif kind == "boolean" or kind == "nil" then
            out[#out + 1] = tostring(value)
          elseif value == null then
            out[#out + 1] = "null"
          elseif kind == "table" then
            write_list(value, out, place, name, depth)
          elseif depth > 0 then
            bad(place, name, "bad data type " .. kind .. " found", 2 + 2 * depth)
          else
            bad(place, name, "string, number, boolean, nil, ngx.null, or array table expected, but got " .. kind, 2)
          end
        end
        local write = kit.write

        local function begin_answer(state)
          if state.said then return end
          state.said = {}
          state.said_status = state.status or 200
        end
        kit.begin_answer = begin_answer

        function ngx.print(...)
          local out = {}
          for place = 1, select("#", ...) do write((select(place, ...)), out, place, "print", 0) end
          local state = request()
          begin_answer(state)
          insert(state.said, concat(out))
          return 1
        end

        function ngx.say(...)
          local out = {}
          for place = 1, select("#", ...) do write((select(place, ...)), out, place, "say", 0) end
          out[#out + 1] = "\n"
          local state = request()
          begin_answer(state)
          insert(state.said, concat(out))
          return 1
        end

        function ngx.send_headers()
          begin_answer(request())
          return 1
        end

        function ngx.flush() return 1 end
        function ngx.eof() return 1 end

        function ngx.exit(code)
          if type(code) ~= "number" then
            error("bad argument #2 to 'ngx_http_lua_ffi_exit' (cannot convert '" .. type(code) .. "' to 'int')", 2)
          end
          local state = request()
          if state.said then
            kit.answer_said()
          elseif code >= 200 and code < 300 then
            native.answer(state.status or code, "")
          else
            native.page(code, false)
          end
          exit()
        end

        local redirects = { [301] = true, [302] = true, [303] = true, [307] = true, [308] = true }

        function ngx.redirect(uri, code)
          uri = text_of(uri, 1, "redirect")
          code = code or 302
          if not redirects[code] then
            error("only ngx.HTTP_MOVED_TEMPORARILY, ngx.HTTP_MOVED_PERMANENTLY, ngx.HTTP_PERMANENT_REDIRECT, "
              .. "ngx.HTTP_SEE_OTHER, and ngx.HTTP_TEMPORARY_REDIRECT are allowed", 2)
          end
          if request().said then error("attempt to call ngx.redirect after sending out the headers", 2) end
          native.set_response_header("Location", uri)
          native.page(code, false)
          exit()
        end

        function ngx.log(level, ...)
          if type(level) ~= "number" then bad(1, "log", "number expected, got " .. type(level)) end
          if level < 0 or level > 8 then bad(1, "log", "bad log level: " .. level) end
          if level > native.log_level() then return end
          local out = {}
          for place = 1, select("#", ...) do
            local value = select(place, ...)
            local kind = type(value)
            if kind == "table" then
              local mark = getmetatable(value)
              if not mark or not mark.__tostring then
                bad(place, "log", "expected table to have __tostring metamethod")
              end
              value = tostring(value)
            elseif value == null then
              value = "null"
            elseif kind ~= "string" and kind ~= "number" and kind ~= "boolean" and kind ~= "nil" then
              bad(place, "log", "string, number, boolean, or nil expected, got " .. kind)
            end
            out[place] = tostring(value)
          end
          local info = getinfo(2, "Sl")
          local where = info and (match(info.short_src, "([^/]*)$") .. ":" .. info.currentline .. ": ") or ""
          native.log(level, "[lua] " .. where .. concat(out))
        end

        print = function(...)
          local out = {}
          for place = 1, select("#", ...) do out[place] = tostring((select(place, ...))) end
          if ngx.NOTICE <= native.log_level() then native.log(ngx.NOTICE, "[lua] " .. concat(out)) end
        end

        -- Headers.

        local function header_key(name)
          return (gsub(lower(name), "_", "-"))
        end

        local headers_meta = {
          __index = function(list, key)
            if type(key) == "string" then return rawget(list, header_key(key)) end
          end,
        }

        local function header_table(flat, most, raw)
          local list, count = {}, 0
          for place = 1, #flat, 2 do
            if most > 0 and count >= most then break end
            count = count + 1
            local name, value = flat[place], flat[place + 1]
            if not raw then name = lower(name) end
            local known = list[name]
            if known == nil then
              list[name] = value
            elseif type(known) == "table" then
              insert(known, value)
            else
              list[name] = { known, value }
            end
          end
          return raw and list or setmetatable(list, headers_meta)
        end

        -- The values of a header that is to be set, as texts; nil to remove it.
        local function header_values(value, name)
          if value == nil then return {} end
          if type(value) ~= "table" then
            if type(value) == "number" or type(value) == "string" or type(value) == "boolean" then
              return { tostring(value) }
            end
            error("attempt to use " .. type(value) .. " as query arg value", 3)
          end
          local values = {}
          for place, each in ipairs(value) do values[place] = tostring(each) end
          return values
        end

        ngx.header = setmetatable({}, {
          __index = function(_, name)
            if type(name) ~= "string" then return nil end
            return native.response_header(name, header_key(name))
          end,
          __newindex = function(_, name, value)
            if request().said then
              native.log(4, "attempt to set ngx.header." .. tostring(name) .. " after sending out response headers")
              return
            end
            name = gsub(tostring(name), "_", "-")
            native.set_response_header(name, unpack(header_values(value, name)))
          end,
        })

        ngx.resp = {
          get_headers = function(most, raw) return header_table(native.response_headers(), most or 100, raw) end,
        }

        -- Arguments.

        local function encode_pair(key, value, out)
          if value == true then
            out[#out + 1] = native.escape_uri(key)
          elseif type(value) == "table" then
            for _, each in ipairs(value) do
              if each == true or type(each) == "string" or type(each) == "number" then
                encode_pair(key, each, out)
              elseif each ~= false then
                error("attempt to use " .. type(each) .. " as query arg value", 0)
              end
            end
          elseif type(value) == "string" or type(value) == "number" then
            out[#out + 1] = native.escape_uri(key) .. "=" .. native.escape_uri(tostring(value))
          elseif value ~= false and value ~= nil then
            error("attempt to use " .. type(value) .. " as query arg value", 0)
          end
        end

        function kit.encode_args(arguments)
          local out = {}
          for key, value in pairs(arguments) do
            if type(key) ~= "string" and type(key) ~= "number" then
              error("attempt to use a non-string key in the \"args\" option table", 0)
            end
            encode_pair(tostring(key), value, out)
          end
          return concat(out, "&")
        end

        function ngx.encode_args(arguments)
          if type(arguments) ~= "table" then
            bad(1, "encode_args", "table expected, got " .. (arguments == nil and "nil" or type(arguments)))
          end
          local ok, text = pcall(kit.encode_args, arguments)
          if not ok then error(text, 2) end
          return text
        end

        local function decode_args(text, most)
          local list, count, cut = {}, 0, false
          for piece in gmatch(text, "[^&]+") do
            if most > 0 and count >= most then
              cut = true
              break
            end
            count = count + 1
            local key, value = match(piece, "^([^=]*)=(.*)$")
            if key then value = native.unescape_uri(value) else key, value = piece, true end
            key = native.unescape_uri(key)
            if key ~= "" then
              local known = list[key]
              if known == nil then
                list[key] = value
              elseif type(known) == "table" then
                insert(known, value)
              else
                list[key] = { known, value }
              end
            end
          end
          if cut then return list, "truncated" end
          return list
        end

        function ngx.decode_args(text, most)
          return decode_args(text_of(text, 1, "decode_args"), most or 100)
        end

        kit.bad, kit.text_of, kit.header_values, kit.header_table = bad, text_of, header_values, header_table
        kit.decode_args, kit.method_names = decode_args, method_names
        """#
}
