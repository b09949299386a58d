// Kong's plugin development kit, in Lua: the client, the log and the rest.

extension LuaLibrary {
    static let kongRest = #"""
        -- Kong's plugin development kit: the client, the log and the rest.
        local kit = ...
        local native, request, loaded = kit.native, kit.request, kit.loaded
        local ngx, req, service, res = ngx, kit.kong_request, kit.kong_service, kit.kong_response
        local is_trusted_peer = kit.is_trusted_peer
        local type, error, pairs, ipairs, tostring, tonumber = type, error, pairs, ipairs, tostring, tonumber
        local setmetatable, select = setmetatable, select
        local find, lower, sub = string.find, string.lower, string.sub
        local match, gsub, rep = string.match, string.gsub, string.rep
        local concat, insert, sort, floor = table.concat, table.insert, table.sort, math.floor
        local getinfo = debug.getinfo


        local client = {}

        function client.get_ip() return native.variable("realip_remote_addr") end
        function client.get_forwarded_ip() return native.variable("remote_addr") end
        function client.get_port() return tonumber(native.variable("realip_remote_port")) end
        function client.get_forwarded_port() return tonumber(native.variable("remote_port")) end

        function client.get_credential() return ngx.ctx.authenticated_credential end
        function client.get_consumer() return ngx.ctx.authenticated_consumer end

        local function is_table_or_nil(value) return value == nil or type(value) == "table" end

        function client.authenticate(consumer, credential)
          if not is_table_or_nil(consumer) then
            error("consumer must be a table or nil", 2)
          elseif not is_table_or_nil(credential) then
            error("credential must be a table or nil", 2)
          elseif consumer == nil and credential == nil then
            error("either credential or consumer must be provided", 2)
          end
          ngx.ctx.authenticated_consumer = consumer
          ngx.ctx.authenticated_credential = credential
        end

        function client.get_protocol(allow_terminated)
          local route = ngx.ctx.route
          if not route then return nil, "No active route found" end
          if route.protocols and #route.protocols == 1 then return route.protocols[1] end
          if native.variable("scheme") == "https" then return "https" end
          if not allow_terminated or not is_trusted_peer() then return "http" end
          local proto = req.get_headers()["X-Forwarded-Proto"]
          if type(proto) == "table" then
            return nil, "Only one X-Forwarded-Proto header allowed"
          end
          return proto and lower(proto) == "https" and "https" or "http"
        end

        -- The log.

        local levels = { debug = 8, info = 7, notice = 6, warn = 5, err = 4, crit = 3, alert = 2, emerg = 1 }

        local function file_of(info)
          return info and match(info.short_src or "", "([^/]*)$") or "?"
        end

        local function logger(level, template, describe, depth, separator)
          return function(...)
            if level > native.log_level() then return end
            local out = {}
            for place = 1, select("#", ...) do out[place] = describe((select(place, ...))) end
            local info = getinfo(depth, "Sln")
            local values = {
              file_src = file_of(info), line_src = info and tostring(info.currentline) or "?",
              func_name = info and info.name or "?", message = concat(out, separator),
            }
            native.log(level, "[kong] " .. (gsub(template, "%%([a-z_]+)", values)))
          end
        end

        local function quoted(text)
          if find(text, '"', 1, true) and not find(text, "'", 1, true) then return "'" .. text .. "'" end
          return '"' .. gsub(gsub(text, '["\\]', "\\%0"), "\n", "\\n") .. '"'
        end

        local function is_name(key) return type(key) == "string" and match(key, "^[_%a][_%w]*$") end

        local function inspect(value, depth, seen)
          depth, seen = depth or 0, seen or {}
          if type(value) == "string" then return quoted(value) end
          if type(value) ~= "table" then return tostring(value) end
          if seen[value] or depth > 20 then return "<table>" end
          seen[value] = true
          local parts, inner = {}, rep("  ", depth + 1)
          for _, each in ipairs(value) do parts[#parts + 1] = inspect(each, depth + 1, seen) end
          local count, keys, has_names = #parts, {}, false
          for key in pairs(value) do
            local is_item = type(key) == "number" and key >= 1 and key <= count and floor(key) == key
            if not is_item then insert(keys, key) end
          end
          sort(keys, function(a, b) return tostring(a) < tostring(b) end)
          for _, key in ipairs(keys) do
            has_names = true
            local name = is_name(key) and key or "[" .. inspect(key, depth + 1, seen) .. "]"
            parts[#parts + 1] = "\n" .. inner .. name .. " = " .. inspect(value[key], depth + 1, seen)
          end
          seen[value] = nil
          if not has_names then return #parts == 0 and "{}" or "{ " .. concat(parts, ", ") .. " }" end
          local text = ""
          for place, part in ipairs(parts) do
            text = text .. (place > 1 and "," or "") .. (place > 1 and sub(part, 1, 1) ~= "\n" and " " or "")
              .. (place == 1 and sub(part, 1, 1) ~= "\n" and " " or "") .. part
          end
          return "{" .. text .. "\n" .. rep("  ", depth) .. "}"
        end

        local function new_inspect()
          local made = {}
          function made.on()
            made.print = logger(levels.notice, "%file_src:%func_name:%line_src %message", inspect, 3, " ")
          end
          function made.off() made.print = function() end end
          made.on()
          return setmetatable(made, { __call = function(self, ...) self.print(...) end })
        end

        local log_meta = { __call = function(self, ...) return self.notice(...) end }
        log_meta.__index = log_meta

        local function new_log(namespace, template)
          if type(namespace) ~= "string" then error("namespace must be a string", 2) end
          if namespace == "" then error("namespace cannot be an empty string", 2) end
          if template then
            if type(template) ~= "string" then error("format must be a string if specified", 2) end
            if template == "" then error("format cannot be an empty string if specified", 2) end
          end
          local made = {}
          function made.set_format(text)
            if text and type(text) ~= "string" then error("format must be a string", 2) end
            local own = gsub(namespace, "%%", "%%%%")
            text = gsub(text or "%file_src:%line_src [%namespace] %message", "%%namespace", own)
            for name, level in pairs(levels) do made[name] = logger(level, text, tostring, 2, "") end
          end
          made.set_format(template)
          made.inspect = new_inspect()
          return setmetatable(made, log_meta)
        end
        log_meta.new = new_log

        local logs = {}

        local function current_log()
          local name = native.plugin()
          local known = logs[name]
          if not known then
            known = new_log(name)
            logs[name] = known
          end
          return known
        end

        -- The rest.

        local context = setmetatable({ keys = {} }, {
          __index = function(_, name)
            local state = request()
            if name == "shared" then
              state.shared = state.shared or {}
              return state.shared
            elseif name == "plugin" then
              state.plugins[state.set] = state.plugins[state.set] or {}
              return state.plugins[state.set]
            elseif name == "core" then
              state.core = state.core or { phase = 0x20 }
              return state.core
            end
          end,
        })

        local function merge(one, other)
          local made = {}
          for name, value in pairs(one or {}) do made[name] = value end
          for name, value in pairs(other or {}) do made[name] = value end
          return made
        end

        local absent = {
          db = true, dao = true, cache = true, configuration = true, worker_events = true, cluster_events = true,
        }

        kong = setmetatable({
          version = "1.1.2", version_num = 1001002, pdk_major_version = 1, pdk_version = "1.1.0",
          request = req, service = service, response = res, client = client, ctx = context,
          ip = { is_trusted = function(ip) return native.is_trusted(tostring(ip)) end },
          node = { get_id = function() return native.node_id() end },
          nginx = { get_subsystem = function() return "http" end },
          router = {
            get_route = function() return ngx.ctx.route end, get_service = function() return ngx.ctx.service end,
          },
          table = { new = loaded["table.new"], clear = loaded["table.clear"], merge = merge },
        }, {
          __index = function(_, name)
            if name == "log" then return current_log() end
            if absent[name] then error("kong." .. name .. " is not available in functions", 2) end
          end,
        })

        loaded.kong = kong
        loaded["kong.tools.utils"] = {
          uuid = function() return native.uuid() end,
          split = function(text, mark)
            local parts, start = {}, 1
            while true do
              local from, to = find(text, mark, start, true)
              if not from then break end
              insert(parts, sub(text, start, from - 1))
              start = to + 1
            end
            insert(parts, sub(text, start))
            return parts
          end,
          strip = function(text) return text and (gsub(tostring(text), "^%s*(.-)%s*$", "%1")) or "" end,
          table_merge = merge,
        }
        loaded.inspect = setmetatable({ inspect = function(value) return inspect(value) end }, {
          __call = function(_, value) return inspect(value) end,
        })
        math.randomseed(native.random())
        """#
}
