// Kong's plugin development kit, in Lua: what goes to the upstream, and the answer.

extension LuaLibrary {
    static let kongAnswer = #"""
        -- Kong's plugin development kit: what goes to the upstream, and the answer.
        local kit = ...
        local native, request, exit, loaded = kit.native, kit.request, kit.exit, kit.loaded
        local ngx, cjson = ngx, loaded["cjson.safe"]
        local first_of, later, boundary_of = kit.first_of, kit.later, kit.boundary_of
        local normal, normal_list = kit.normal, kit.normal_list
        local check_header, check_headers = kit.check_header, kit.check_headers
        local type, error, pairs, ipairs, tostring, pcall = type, error, pairs, ipairs, tostring, pcall
        local find, format, lower, sub = string.find, string.format, string.lower, string.sub
        local concat, insert, sort, floor, random = table.concat, table.insert, table.sort, math.floor, math.random

        local FORM, JSON, MULTIPART = "application/x-www-form-urlencoded", "application/json", "multipart/form-data"


        local up = {}

        function up.set_scheme(scheme)
          if type(scheme) ~= "string" then error("scheme must be a string", 2) end
          if scheme ~= "http" and scheme ~= "https" then error("invalid scheme: " .. scheme, 2) end
          native.set_variable("upstream_scheme", scheme)
        end

        function up.set_path(path)
          if type(path) ~= "string" then error("path must be a string", 2) end
          if sub(path, 1, 1) ~= "/" then error("path must start with /", 2) end
          native.set_variable("upstream_uri", path)
        end

        function up.set_raw_query(query)
          if type(query) ~= "string" then error("query must be a string", 2) end
          native.set_query(query)
        end

        function up.set_method(method)
          if type(method) ~= "string" then error("method must be a string", 2) end
          if not kit.methods[method] then error("invalid method: " .. method, 2) end
          native.set_method(method)
        end

        local function ordered_args(arguments)
          local pieces = {}
          for name, value in pairs(arguments) do
            if type(name) ~= "string" then return nil, "arg keys must be strings" end
            local ok, piece = pcall(kit.encode_args, { [name] = value })
            if not ok then return nil, piece end
            insert(pieces, piece)
          end
          sort(pieces)
          return concat(pieces, "&")
        end

        function up.set_query(arguments)
          if type(arguments) ~= "table" then error("args must be a table", 2) end
          local query, fault = ordered_args(arguments)
          if not query then error(fault, 2) end
          native.set_query(query)
        end

        local function put(name, value)
          if lower(name) == "host" then
            native.set_variable("upstream_host", type(value) == "table" and value[1] or tostring(value))
          else
            ngx.req.set_header(name, value)
          end
        end

        function up.set_header(name, value)
          check_header(name, value)
          put(name, normal(value))
        end

        function up.add_header(name, value)
          check_header(name, value)
          if lower(name) == "host" then return put(name, normal(value)) end
          local values = ngx.req.get_headers()[name]
          if type(values) ~= "table" then values = { values } end
          insert(values, normal(value))
          ngx.req.set_header(name, values)
        end

        function up.clear_header(name)
          if type(name) ~= "string" then error("header must be a string", 2) end
          ngx.req.clear_header(name)
        end

        function up.set_headers(headers)
          if type(headers) ~= "table" then error("headers must be a table", 2) end
          check_headers(headers)
          for name, value in pairs(headers) do put(name, normal_list(value)) end
        end

        function up.set_raw_body(body)
          if type(body) ~= "string" then error("body must be a string", 2) end
          native.set_body(body)
        end

        local function multipart_keys(members, boundary)
          local keys, holds = {}, true
          for name, value in pairs(members) do
            if type(name) ~= "string" then
              error(format("invalid key %q: got %s, expected string", tostring(name), type(name)), 4)
            end
            local kind = type(value)
            if kind ~= "string" and kind ~= "number" and kind ~= "boolean" then
              error(format("invalid value %q: got %s, expected string, number or boolean", name, kind), 4)
            end
            insert(keys, name)
            if find(tostring(value), "\n--" .. boundary, 1, true) then holds = false end
          end
          sort(keys)
          return keys, holds
        end

        local function write_multipart(members, mime)
          local boundary = boundary_of(mime) or tostring(random(1e10))
          local keys, holds = multipart_keys(members, boundary)
          while not holds do
            boundary = tostring(random(1e10))
            keys, holds = multipart_keys(members, boundary)
          end
          local out = {}
          for _, name in ipairs(keys) do
            insert(out, "--" .. boundary .. '\r\nContent-Disposition: form-data; name="' .. name .. '"\r\n\r\n'
              .. tostring(members[name]) .. "\r\n")
          end
          insert(out, "--" .. boundary .. "--\r\n")
          return concat(out), MULTIPART .. "; boundary=" .. boundary
        end

        local function write_body(arguments, mime, kind)
          if kind == FORM then
            local text, fault = ordered_args(arguments)
            if not text then error(fault, 3) end
            return text, mime
          elseif kind == JSON then
            local text, fault = cjson.encode(arguments)
            if not text then error(fault, 3) end
            return text, mime
          elseif kind == MULTIPART then
            return write_multipart(arguments, mime)
          end
          error("unsupported content type " .. mime, 3)
        end

        function up.set_body(arguments, mime)
          if type(arguments) ~= "table" then error("args must be a table", 2) end
          if mime and type(mime) ~= "string" then error("mime must be a string", 2) end
          if not mime then
            mime = first_of(ngx.req.get_headers()["Content-Type"])
            if not mime then
              return nil, "content type was neither explicitly given as an argument or received as a header"
            end
          end
          local mark = find(mime, ";", 1, true)
          local text, type_of_text = write_body(arguments, mime, mark and sub(mime, 1, mark - 1) or mime)
          native.set_body(text)
          ngx.req.set_header("Content-Type", type_of_text)
          return true
        end

        local service = { request = up }

        function service.set_upstream(host)
          if type(host) ~= "string" then error("host must be a string", 2) end
          if not native.set_upstream(host) then return nil, "could not find an Upstream named '" .. host .. "'" end
          return true
        end

        function service.set_target(host, port)
          if type(host) ~= "string" then error("host must be a string", 2) end
          if type(port) ~= "number" or floor(port) ~= port then error("port must be an integer", 2) end
          if port < 0 or port > 65535 then
            error("port must be an integer between 0 and 65535: given " .. port, 2)
          end
          native.set_target(host, port)
        end

        local AFTER = "header_filter, body_filter, log"
        service.response = {
          get_status = later(AFTER), get_headers = later(AFTER), get_header = later(AFTER),
          get_raw_body = function() end, get_body = function() end,
        }

        -- The answer.

        local res = {
          get_status = later(AFTER), get_header = later(AFTER), get_headers = later(AFTER), get_source = later(AFTER),
        }

        local function check_unsent()
          if request().said then error("headers have already been sent", 3) end
        end

        local function check_status(status)
          if type(status) ~= "number" then
            error("code must be a number", 3)
          elseif status < 100 or status > 599 then
            error("code must be a number between 100 and 599", 3)
          end
        end

        function res.set_status(status)
          check_unsent()
          check_status(status)
          ngx.status = status
        end

        function res.set_header(name, value)
          check_unsent()
          check_header(name, value)
          ngx.header[name] = normal(value)
        end

        -- Kong's own way to it asks for the headers of the answer, which the access phase must not.
        function res.add_header(name, value)
          check_unsent()
          check_header(name, value)
          error("function cannot be called in access phase (only in: " .. AFTER .. ")", 2)
        end

        function res.clear_header(name)
          check_unsent()
          if type(name) ~= "string" then error("header name must be a string", 2) end
          ngx.header[name] = nil
        end

        function res.set_headers(headers)
          check_unsent()
          if type(headers) ~= "table" then error("headers must be a table", 2) end
          check_headers(headers)
          for name, value in pairs(headers) do ngx.header[name] = normal_list(value) end
        end

        function res.exit(status, body, headers)
          check_unsent()
          check_status(status)
          local kind = type(body)
          if body ~= nil and kind ~= "string" and kind ~= "table" then
            error("body must be a nil, string or table", 2)
          end
          if headers ~= nil then
            if type(headers) ~= "table" then error("headers must be a nil or table", 2) end
            check_headers(headers)
          end
          local text = body
          if kind == "table" then
            local fault
            text, fault = cjson.encode(body)
            if not text then
              native.fail(fault)
              exit()
            end
          end
          for name, value in pairs(headers or {}) do ngx.header[name] = normal_list(value) end
          if kind == "table" then ngx.header["Content-Type"] = "application/json; charset=utf-8" end
          if body == nil then native.page(status, true) else native.answer(status, text) end
          exit()
        end

        kit.kong_service, kit.kong_response = service, res
        """#
}
