// Kong's plugin development kit, in Lua: the request.

extension LuaLibrary {
    static let kongRequest = #"""
        -- Kong's plugin development kit, as it is in the access phase: the request.
        local kit = ...
        local native, loaded = kit.native, kit.loaded
        local ngx, cjson = ngx, loaded["cjson.safe"]
        local type, error, pairs, ipairs, tostring, tonumber = type, error, pairs, ipairs, tostring, tonumber
        local find, format, lower = string.find, string.format, string.lower
        local sub, match, gsub = string.sub, string.match, string.gsub

        local MOST, MOST_DEFAULT = 1000, 100

        local function check_most(value, name)
          if value == nil then return MOST_DEFAULT end
          if type(value) ~= "number" then
            error(name .. " must be a number", 3)
          elseif value < 1 then
            error(name .. " must be >= 1", 3)
          elseif value > MOST then
            error(name .. " must be <= " .. MOST, 3)
          end
          return value
        end

        local function first_of(value)
          if type(value) == "table" then return value[1] end
          return value
        end

        -- A function of a phase that comes later.
        local function later(phases)
          return function()
            error("function cannot be called in access phase (only in: " .. phases .. ")", 2)
          end
        end

        -- The request.

        local req = {}

        function req.get_scheme() return ngx.var.scheme end
        function req.get_host() return ngx.var.host end
        function req.get_port() return tonumber(ngx.var.server_port) end
        function req.get_http_version() return ngx.req.http_version() end
        function req.get_method() return ngx.req.get_method() end
        function req.get_path_with_query() return ngx.var.request_uri or "" end
        function req.get_raw_query() return ngx.var.args or "" end

        function req.get_path()
          local uri = ngx.var.request_uri or ""
          local mark = find(uri, "?", 2, true)
          return mark and sub(uri, 1, mark - 1) or uri
        end

        local function is_trusted_peer()
          return native.is_trusted(native.variable("realip_remote_addr") or "")
        end

        function req.get_forwarded_scheme()
          if is_trusted_peer() then
            local scheme = req.get_header("X-Forwarded-Proto")
            if scheme then return lower(scheme) end
          end
          return req.get_scheme()
        end

        -- The host in a header that may also hold a user and a port, and that port.
        local function split_host(host)
          local at = find(host, "@", 1, true)
          if at then host = sub(host, at + 1) end
          local colon = find(host, ":", 1, true)
          if not colon then return lower(host) end
          return lower(sub(host, 1, colon - 1)), tonumber(sub(host, colon + 1))
        end

        function req.get_forwarded_host()
          if is_trusted_peer() then
            local host = req.get_header("X-Forwarded-Host")
            if host then return (split_host(host)) end
          end
          return req.get_host()
        end

        local function is_port(port) return port and port >= 1 and port <= 65535 end

        function req.get_forwarded_port()
          if is_trusted_peer() then
            local port = tonumber(req.get_header("X-Forwarded-Port"))
            if is_port(port) then return port end
            local host = req.get_header("X-Forwarded-Host")
            if host then
              local _, own = split_host(host)
              if is_port(own) then return own end
            end
          end
          return req.get_port()
        end

        function req.get_query(max_args)
          return ngx.req.get_uri_args(check_most(max_args, "max_args"))
        end

        function req.get_query_arg(name)
          if type(name) ~= "string" then error("query argument name must be a string", 2) end
          return first_of(req.get_query()[name])
        end

        function req.get_headers(max_headers)
          return ngx.req.get_headers(check_most(max_headers, "max_headers"))
        end

        function req.get_header(name)
          if type(name) ~= "string" then error("header name must be a string", 2) end
          return first_of(req.get_headers()[name])
        end

        function req.get_raw_body()
          local body, state = kit.body_text()
          if state == "large" then
            return nil, "request body did not fit into client body buffer, consider raising 'client_body_buffer_size'"
          end
          return body or ""
        end

        local FORM, JSON, MULTIPART = "application/x-www-form-urlencoded", "application/json", "multipart/form-data"

        local function boundary_of(mime)
          local quoted = match(mime, 'boundary="([^"]+)"')
          return quoted or match(mime, "boundary=([^;]+)")
        end

        -- The members of a multipart form by name; the last of several with one name.
        local function read_multipart(body, mime)
          local members = {}
          local boundary = boundary_of(mime)
          if not boundary then return members end
          local mark = "--" .. boundary
          local start = find(body, mark, 1, true)
          while start do
            local stop = find(body, mark, start + #mark, true)
            if not stop then break end
            local head, value = match(sub(body, start + #mark, stop - 1), "^\r?\n(.-)\r?\n\r?\n(.*)$")
            if head then
              local name = match(head, '[; ]name="([^"]*)"') or match(head, "[; ]name=([^;%s]+)")
              if name then members[name] = gsub(value, "\r?\n$", "") end
            end
            start = stop
          end
          return members
        end

        function req.get_body(mimetype, max_args)
          local mime = mimetype or req.get_header("Content-Type")
          if not mime then return nil, "missing content type" end
          local kind = lower(mime)
          local mark = find(kind, ";", 1, true)
          if mark then kind = sub(kind, 1, mark - 1) end
          if find(kind, FORM, 1, true) == 1 then
            local most = check_most(max_args, "max_args")
            local arguments, fault = ngx.req.get_post_args(most)
            if not arguments then return nil, fault, FORM end
            return arguments, nil, FORM
          elseif find(kind, JSON, 1, true) == 1 then
            local body, fault = req.get_raw_body()
            if not body then return nil, fault, JSON end
            cjson.decode_array_with_array_mt(true)
            local value = cjson.decode(body)
            cjson.decode_array_with_array_mt(false)
            if type(value) ~= "table" then return nil, "invalid json body", JSON end
            return value, nil, JSON
          elseif find(kind, MULTIPART, 1, true) == 1 then
            local body, fault = req.get_raw_body()
            if not body then return nil, fault, MULTIPART end
            return read_multipart(body, mime), nil, MULTIPART
          end
          return nil, "unsupported content type '" .. mime .. "'", kind
        end

        -- Headers of requests and answers.

        local function normal(value)
          if value == "" then return " " end
          return tostring(value)
        end

        local function normal_list(value)
          if type(value) ~= "table" then return normal(value) end
          local list = {}
          for place, each in ipairs(value) do list[place] = normal(each) end
          return list
        end

        local function check_header(name, value)
          if type(name) ~= "string" then
            error(format("invalid header name %q: got %s, expected string", tostring(name), type(name)), 3)
          end
          local kind = type(value)
          if kind ~= "string" and kind ~= "number" and kind ~= "boolean" then
            error(format("invalid header value for %q: got %s, expected string, number or boolean", name, kind), 3)
          end
        end

        local function check_headers(headers)
          for name, value in pairs(headers) do
            if type(name) ~= "string" then
              error(format("invalid header name %q: got %s, expected string", tostring(name), type(name)), 3)
            end
            local kind = type(value)
            if kind == "table" then
              for _, each in ipairs(value) do
                if type(each) ~= "string" then
                  error(format("invalid header value in array %q: got %s, expected string", name, type(each)), 3)
                end
              end
            elseif kind ~= "string" and kind ~= "number" and kind ~= "boolean" then
              error(format("invalid header value for %q: got %s, expected string, number, boolean or array of strings",
                name, kind), 3)
            end
          end
        end

        kit.kong_request, kit.first_of, kit.later, kit.is_trusted_peer = req, first_of, later, is_trusted_peer
        kit.normal, kit.normal_list = normal, normal_list
        kit.check_header, kit.check_headers = check_header, check_headers
        kit.boundary_of = boundary_of
        """#
}
