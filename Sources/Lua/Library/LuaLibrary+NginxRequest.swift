// The rest of `ngx`: requests, variables, times and codes, in Lua.

extension LuaLibrary {
    static let nginxRequest = #"""
        -- `ngx` continued: the request, variables, times and codes.
        local kit = ...
        local native, request, refusing, loaded = kit.native, kit.request, kit.refusing, kit.loaded
        local bad, text_of, header_values, header_table = kit.bad, kit.text_of, kit.header_values, kit.header_table
        local decode_args, method_names = kit.decode_args, kit.method_names
        local type, error, ipairs, tostring, tonumber = type, error, ipairs, tostring, tonumber
        local setmetatable, rawset, unpack, pcall = setmetatable, rawset, unpack, pcall
        local floor, date = math.floor, os.date
        local gsub, lower, match = string.gsub, string.lower, string.match


        local function body_text()
          local body, state = native.body()
          if state == "unread" then
            error("the body has not been read: a function that looks at it must have the word 'body' in its text", 3)
          end
          return body, state
        end
        kit.body_text = body_text

        ngx.req = {
          get_method = function() return native.method() end,
          http_version = function() return native.http_version() end,
          raw_header = function(without_line) return native.raw_head(without_line and true or false) end,
          start_time = function() return native.start_time() end,
          is_internal = function() return false end,
          get_headers = function(most, raw) return header_table(native.headers(), most or 100, raw) end,
          get_uri_args = function(most) return decode_args(native.query() or "", most or 100) end,
          read_body = function() body_text() end,
          discard_body = function() end,
          get_body_data = function() return (body_text()) end,
          get_body_file = function() return nil end,
        }

        function ngx.req.set_method(number)
          if type(number) ~= "number" then error("bad method number", 2) end
          local name = method_names[number]
          if not name then error("unsupported HTTP method: " .. number, 2) end
          native.set_method(name)
        end

        function ngx.req.set_uri(uri, jump)
          uri = text_of(uri, 1, "set_uri")
          if uri == "" then error("attempt to use zero-length uri", 2) end
          if jump then error("ngx.req.set_uri cannot jump in access_by_lua*", 2) end
          request().uri = uri
        end

        function ngx.req.set_uri_args(arguments)
          local kind = type(arguments)
          if kind == "table" then
            local ok, text = pcall(kit.encode_args, arguments)
            if not ok then error(text, 2) end
            native.set_query(text)
          elseif kind == "string" or kind == "number" then
            native.set_query(tostring(arguments))
          else
            bad(1, "set_uri_args", "string, number, or table expected, but got " .. kind)
          end
        end

        function ngx.req.set_header(name, value)
          if value == "" then value = nil end
          native.set_header(text_of(name, 1, "set_header"), unpack(header_values(value, name)))
        end

        function ngx.req.clear_header(name)
          native.set_header(text_of(name, 1, "clear_header"))
        end

        function ngx.req.set_body_data(text)
          native.set_body(text_of(text, 1, "set_body_data"))
        end

        function ngx.req.get_post_args(most)
          local body, state = body_text()
          if state == "large" then return nil, "request body in temp file not supported" end
          return decode_args(body or "", most or 100)
        end

        ngx.req.init_body = refusing("ngx.req.init_body")
        ngx.req.append_body = refusing("ngx.req.append_body")
        ngx.req.finish_body = refusing("ngx.req.finish_body")
        ngx.req.set_body_file = refusing("ngx.req.set_body_file")
        ngx.req.socket = refusing("ngx.req.socket")

        -- Variables.

        ngx.var = setmetatable({}, {
          __index = function(_, name)
            if type(name) ~= "string" then
              if type(name) == "number" then return nil end
              error("bad variable name", 2)
            end
            name = lower(name)
            if name == "https" then return native.variable(name) or "" end
            if name == "uri" or name == "document_uri" then
              local state = request()
              if state.uri then return state.uri end
            end
            return native.variable(name)
          end,
          __newindex = function(_, name, value)
            if type(name) ~= "string" then error("bad variable name", 2) end
            local kind = type(value)
            if kind ~= "string" and kind ~= "number" and kind ~= "nil" then
              bad(3, "?", "string, number, or nil expected, but got " .. kind)
            end
            local fault = native.set_variable(lower(name), value ~= nil and tostring(value) or nil)
            if fault then error(fault, 2) end
          end,
        })

        -- The tables of the request at hand, and its status.

        setmetatable(ngx, {
          __index = function(_, name)
            if name == "ctx" then return request().ctx end
            if name == "status" then
              local state = request()
              return state.said_status or state.status or 0
            end
            if name == "headers_sent" then return request().said ~= nil end
          end,
          __newindex = function(list, name, value)
            local state = request()
            if name == "ctx" then
              if type(value) ~= "table" then bad(3, "ctx", "table expected, got " .. type(value)) end
              state.ctx = value
            elseif name == "status" then
              local number = tonumber(value)
              if not number then bad(3, "status", "number expected, got " .. type(value)) end
              if state.said then
                native.log(ngx.ERR, "attempt to set ngx.status after sending out response headers")
              else
                state.status = number
              end
            elseif name == "headers_sent" then
              error("cannot write to headers_sent", 2)
            else
              rawset(list, name, value)
            end
          end,
        })

        function ngx.get_phase() return "access" end

        -- Times.

        function ngx.now() return native.now() end
        function ngx.time() return floor(native.now()) end
        function ngx.update_time() end
        function ngx.today() return date("%Y-%m-%d", floor(native.now())) end
        function ngx.localtime() return date("%Y-%m-%d %H:%M:%S", floor(native.now())) end
        function ngx.utctime() return date("!%Y-%m-%d %H:%M:%S", floor(native.now())) end

        local function seconds(value)
          local number = tonumber(value)
          if not number then error("number argument only", 3) end
          return floor(number)
        end

        function ngx.http_time(value) return date("!%a, %d %b %Y %H:%M:%S GMT", seconds(value)) end
        function ngx.cookie_time(value)
          value = seconds(value)
          local year = date("!*t", value).year
          return date(year > 2037 and "!%a, %d-%b-%Y %H:%M:%S GMT" or "!%a, %d-%b-%y %H:%M:%S GMT", value)
        end

        local months = {
          Jan = 1, Feb = 2, Mar = 3, Apr = 4, May = 5, Jun = 6, Jul = 7, Aug = 8, Sep = 9, Oct = 10, Nov = 11, Dec = 12,
        }

        function ngx.parse_http_time(text)
          local day, name, year, hour, minute, second = match(
            text_of(text, 1, "parse_http_time"), "^%a+,? +(%d+)[ -](%a+)[ -](%d+) (%d+):(%d+):(%d+)")
          local month = months[name or ""]
          if not month then return nil end
          day, year = tonumber(day), tonumber(year)
          if year < 70 then year = year + 2000 elseif year < 100 then year = year + 1900 end
          -- Days since 1970 of a year that begins in March.
          local shifted = month <= 2 and year - 1 or year
          local of_year = floor((153 * (month + (month > 2 and -3 or 9)) + 2) / 5) + day - 1
          local days = 365 * shifted + floor(shifted / 4) - floor(shifted / 100) + floor(shifted / 400)
          days = days + of_year - 719468
          return days * 86400 + tonumber(hour) * 3600 + tonumber(minute) * 60 + tonumber(second)
        end

        -- Codes.

        local function plain(value)
          return value == nil and "" or tostring(value)
        end

        for _, name in ipairs({ "md5", "md5_bin", "sha1_bin", "escape_uri", "unescape_uri", "crc32_short" }) do
          local inner = native[name]
          ngx[name] = function(text) return inner(plain(text)) end
        end
        ngx.crc32_long = ngx.crc32_short

        function ngx.encode_base64(text, without_padding)
          return native.encode_base64(plain(text), without_padding and true or false)
        end

        function ngx.decode_base64(text)
          if type(text) ~= "string" then error("string argument only", 2) end
          return native.decode_base64(text)
        end

        function ngx.hmac_sha1(key, text)
          return native.hmac_sha1(text_of(key, 1, "hmac_sha1"), text_of(text, 2, "hmac_sha1"))
        end

        function ngx.quote_sql_str(text)
          local escapes = {
            ["\0"] = "\\0", ["\b"] = "\\b", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ["\26"] = "\\Z",
            ["\\"] = "\\\\", ["'"] = "\\'", ['"'] = '\\"',
          }
          return "'" .. gsub(text_of(text, 1, "quote_sql_str"), "[%z\b\n\r\t\26\\'\"]", escapes) .. "'"
        end

        -- What would wait.

        for _, name in ipairs({ "sleep", "exec", "on_abort" }) do ngx[name] = refusing("ngx." .. name) end
        local function refuse_all(name, ...)
          ngx[name] = {}
          for _, each in ipairs({ ... }) do ngx[name][each] = refusing("ngx." .. name .. "." .. each) end
        end
        refuse_all("timer", "at", "every", "running_count", "pending_count")
        refuse_all("socket", "tcp", "udp", "stream", "connect")
        refuse_all("thread", "spawn", "wait", "kill")
        refuse_all("location", "capture", "capture_multi")

        loaded.ngx = ngx
        loaded["ngx.errlog"] = {
          raw_log = function(level, text) native.log(level, text) end,
          get_sys_filter_level = function() return native.log_level() end,
        }
        loaded["ngx.base64"] = {
          encode_base64url = function(text)
            return (gsub(native.encode_base64(text, true), "[+/]", { ["+"] = "-", ["/"] = "_" }))
          end,
          decode_base64url = function(text)
            text = gsub(text_of(text, 1, "decode_base64url"), "[-_]", { ["-"] = "+", ["_"] = "/" })
            return native.decode_base64(text)
          end,
        }
        ndk = nil
        """#
}
