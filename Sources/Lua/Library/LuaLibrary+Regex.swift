// OpenResty's `ngx.re`, in Lua.

extension LuaLibrary {
    static let regex = #"""
        -- ngx.re: regular expressions.
        local kit = ...
        local native, loaded = kit.native, kit.loaded
        local type, error, tostring, tonumber, pairs = type, error, tostring, tonumber, pairs
        local sub, gsub, concat, huge = string.sub, string.gsub, table.concat, math.huge

        local re = {}
        ngx.re = re

        local function text_of(value, place, name)
          if type(value) == "string" then return value end
          if type(value) == "number" then return tostring(value) end
          error("bad argument #" .. place .. " to '" .. name .. "' (string expected, got " .. type(value) .. ")", 3)
        end

        -- Where groups begin and end (0 for one that took no part), in pairs from that of the whole match on; nil and a
        -- text when the pattern is at fault.
        local function search(subject, pattern, options, start)
          local places, fault = native.search(subject, pattern, options or "", start)
          if fault and sub(fault, 1, 12) == "unknown flag" then error(fault, 3) end
          return places, fault
        end

        local function captures(subject, places, pattern, options, result)
          result = result or {}
          for group = 0, #places / 2 - 1 do
            local from = places[group * 2 + 1]
            result[group] = from > 0 and sub(subject, from, places[group * 2 + 2]) or false
          end
          for name, group in pairs(native.group_names(pattern, options or "")) do
            if not result[name] then result[name] = result[group] end
          end
          return result
        end

        function re.match(subject, pattern, options, context, result)
          subject, pattern = tostring(subject), text_of(pattern, 2, "match")
          local start = context and context.pos or 1
          local places, fault = search(subject, pattern, options, start)
          if not places then return nil, fault end
          if context then context.pos = places[2] + 1 end
          return captures(subject, places, pattern, options, result)
        end

        function re.find(subject, pattern, options, context, nth)
          subject, pattern = tostring(subject), text_of(pattern, 2, "find")
          local places, fault = search(subject, pattern, options, context and context.pos or 1)
          if not places then return nil, nil, fault end
          if context then context.pos = places[2] + 1 end
          nth = nth or 0
          local from = places[nth * 2 + 1]
          if not from then return nil, nil, "nth out of bound" end
          if from == 0 then return nil, nil end
          return from, places[nth * 2 + 2]
        end

        function re.gmatch(subject, pattern, options)
          subject, pattern = tostring(subject), text_of(pattern, 2, "gmatch")
          local start = 1
          return function()
            if not start or start > #subject + 1 then return nil end
            local places, fault = search(subject, pattern, options, start)
            if not places then
              start = nil
              return nil, fault
            end
            start = places[2] + 1
            if places[2] < places[1] then start = places[1] + 1 end
            return captures(subject, places, pattern, options)
          end
        end

        -- A replacement with $1, ${1}, $0 and $$.
        local function expand(template, groups)
          local text = gsub(template, "%$({?)([%d$]%d*)(}?)", function(open, number, close)
            if number == "$" then return "$" .. close end
            local value = groups[tonumber(number)] or ""
            if open == "" then return value .. close end
            return value
          end)
          return text
        end

        local function replace(subject, pattern, replacement, options, most, name)
          subject, pattern = tostring(subject), text_of(pattern, 2, name)
          local kind = type(replacement)
          if kind ~= "function" then replacement = tostring(replacement) end
          local out, start, count = {}, 1, 0
          while count < most and start <= #subject + 1 do
            local places, fault = search(subject, pattern, options, start)
            if not places then
              if fault then return nil, nil, fault end
              break
            end
            count = count + 1
            local groups = captures(subject, places, pattern, options)
            out[#out + 1] = sub(subject, start, places[1] - 1)
            out[#out + 1] = kind == "function" and tostring(replacement(groups)) or expand(replacement, groups)
            start = places[2] + 1
            if places[2] < places[1] then
              out[#out + 1] = sub(subject, places[1], places[1])
              start = places[1] + 1
            end
          end
          out[#out + 1] = sub(subject, start)
          return concat(out), count
        end

        function re.sub(subject, pattern, replacement, options)
          return replace(subject, pattern, replacement, options, 1, "sub")
        end

        function re.gsub(subject, pattern, replacement, options)
          return replace(subject, pattern, replacement, options, huge, "gsub")
        end

        -- The module ngx.re.
        local function split(subject, pattern, options, context, most, result)
          result = result or {}
          local count, start, position = 0, 1, context and context.pos or 1
          while position <= #subject and not (most and most > 0 and count + 1 >= most) do
            local places, fault = search(subject, pattern, options, position)
            if not places then
              if fault then return nil, fault end
              break
            end
            local from, to = places[1], places[2]
            if to < from then
              -- A pattern that matches nothing splits behind each character.
              if from >= #subject then break end
              count = count + 1
              result[count] = sub(subject, start, from)
              start, position = from + 1, from + 1
            else
              count = count + 1
              result[count] = sub(subject, start, from - 1)
              for group = 1, #places / 2 - 1 do
                if places[group * 2 + 1] > 0 then
                  count = count + 1
                  result[count] = sub(subject, places[group * 2 + 1], places[group * 2 + 2])
                end
              end
              start, position = to + 1, to + 1
            end
          end
          result[count + 1] = sub(subject, start)
          result[count + 2] = nil
          return result
        end

        loaded["ngx.re"] = { split = split, opt = function() end }
        """#
}
