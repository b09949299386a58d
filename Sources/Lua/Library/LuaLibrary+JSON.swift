// JSON in Lua: what `require "cjson"` gives.

extension LuaLibrary {
    static let json = #"""
        -- JSON as lua-cjson reads and writes it.
        local kit = ...
        local loaded = kit.loaded
        local type, error, pairs, tostring, tonumber = type, error, pairs, tostring, tonumber
        local setmetatable, getmetatable = setmetatable, getmetatable
        local byte, char, find, format = string.byte, string.char, string.find, string.format
        local gsub, sub, match = string.gsub, string.sub, string.match
        local concat, floor, huge, pcall, select = table.concat, math.floor, math.huge, pcall, select

        local null = kit.null
        local array_mt = {}
        local empty_array_mt = {}
        local empty_array = setmetatable({}, array_mt)

        local DEPTH = 1000
        local escapes = {
          ['"'] = '\\"', ["\\"] = "\\\\", ["/"] = "\\/", ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n", ["\r"] = "\\r",
          ["\t"] = "\\t", ["\127"] = "\\u007f",
        }
        for code = 0, 31 do
          local letter = char(code)
          escapes[letter] = escapes[letter] or format("\\u%04x", code)
        end

        local function new()
          local cjson = {
            null = null, array_mt = array_mt, empty_array_mt = empty_array_mt, empty_array = empty_array,
            _NAME = "cjson", _VERSION = "2.1.0.6",
          }
          local settings = { arrays = false, slash = true, precision = "%.14g", convert = false, ratio = 2, safe = 10 }

          local function quote(text)
            text = gsub(text, settings.slash and '[%c"\\/\127]' or '[%c"\\\127]', escapes)
            return '"' .. text .. '"'
          end

          local function number(value)
            if value ~= value or value == huge or value == -huge then
              error("Cannot serialise number: must not be NaN or Infinity", 0)
            end
            return format(settings.precision, value)
          end

          -- The length of a list, or nil for a table that has other keys. A list with too many holes is an error.
          local function length(value)
            local most, items = 0, 0
            for key in pairs(value) do
              if type(key) ~= "number" or floor(key) ~= key or key < 1 then return nil end
              if key > most then most = key end
              items = items + 1
            end
            if settings.ratio > 0 and most > items * settings.ratio and most > settings.safe then
              if not settings.convert then error("Cannot serialise table: excessively sparse array", 0) end
              return nil
            end
            return most
          end

          local encode

          local function encode_list(value, count, out, depth)
            out[#out + 1] = "["
            for place = 1, count do
              if place > 1 then out[#out + 1] = "," end
              encode(value[place], out, depth)
            end
            out[#out + 1] = "]"
          end

          local function encode_members(value, out, depth)
            out[#out + 1] = "{"
            local is_first = true
            for key, member in pairs(value) do
              if not is_first then out[#out + 1] = "," end
              is_first = false
              if type(key) == "number" then
                out[#out + 1] = '"' .. number(key) .. '"'
              elseif type(key) == "string" then
                out[#out + 1] = quote(key)
              else
                error("Cannot serialise " .. type(key) .. ": table key must be a number or string", 0)
              end
              out[#out + 1] = ":"
              encode(member, out, depth)
            end
            out[#out + 1] = "}"
          end

          function encode(value, out, depth)
            local kind = type(value)
            if kind == "string" then
              out[#out + 1] = quote(value)
            elseif kind == "number" then
              out[#out + 1] = number(value)
            elseif kind == "boolean" then
              out[#out + 1] = value and "true" or "false"
            elseif value == nil or value == null then
              out[#out + 1] = "null"
            elseif kind == "table" then
              depth = depth + 1
              if depth > DEPTH then error("Cannot serialise, excessive depth (" .. depth .. ")", 0) end
              local mark = getmetatable(value)
              if mark == array_mt then return encode_list(value, #value, out, depth) end
              local count = length(value)
              if count and (count > 0 or mark == empty_array_mt) then return encode_list(value, count, out, depth) end
              encode_members(value, out, depth)
            else
              error("Cannot serialise " .. kind .. ": type not supported", 0)
            end
          end

          function cjson.encode(...)
            if select("#", ...) ~= 1 then error("bad argument #1 to 'encode' (expected 1 argument)", 2) end
            local out = {}
            local ok, fault = pcall(encode, (...), out, 0)
            if not ok then error(fault, 2) end
            return concat(out)
          end

          -- Reading.

          local function utf8(code)
            if code < 0x80 then return char(code) end
            if code < 0x800 then return char(0xC0 + floor(code / 64), 0x80 + code % 64) end
            if code < 0x10000 then
              return char(0xE0 + floor(code / 4096), 0x80 + floor(code / 64) % 64, 0x80 + code % 64)
            end
            return char(0xF0 + floor(code / 262144), 0x80 + floor(code / 4096) % 64, 0x80 + floor(code / 64) % 64,
              0x80 + code % 64)
          end

          local plain = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t", ['"'] = '"', ["\\"] = "\\", ["/"] = "/" }

          local function fail(wanted, found, place)
            error("Expected " .. wanted .. " but found " .. found .. " at character " .. place, 0)
          end

          local function skip(text, place)
            return find(text, "[^ \t\r\n]", place) or #text + 1
          end

          local function token(text, place)
            local letter = sub(text, place, place)
            if letter == "" then return "T_END" end
            if letter == '"' then return "T_STRING" end
            if letter == "{" then return "T_OBJ_BEGIN" elseif letter == "}" then return "T_OBJ_END" end
            if letter == "[" then return "T_ARR_BEGIN" elseif letter == "]" then return "T_ARR_END" end
            if letter == "," then return "T_COMMA" elseif letter == ":" then return "T_COLON" end
            if find(text, "^true", place) or find(text, "^false", place) then return "T_BOOLEAN" end
            if find(text, "^null", place) then return "T_NULL" end
            if find(text, "^[+-]?%d", place) then return "T_NUMBER" end
            return "invalid token"
          end

          local function read_escape(text, place, start)
            local letter = sub(text, place, place)
            if letter ~= "u" then
              if not plain[letter] then fail("value", "invalid escape code", place - 1) end
              return plain[letter], place + 1
            end
            local digits = match(text, "^%x%x%x%x", place + 1)
            if not digits then fail("value", "invalid unicode escape code", place - 1) end
            local code = tonumber(digits, 16)
            place = place + 5
            if code >= 0xDC00 and code < 0xE000 then fail("value", "invalid unicode escape code", place - 6) end
            if code >= 0xD800 and code < 0xDC00 then
              local low = match(text, "^\\u(%x%x%x%x)", place)
              low = low and tonumber(low, 16)
              if not low or low < 0xDC00 or low >= 0xE000 then
                fail("value", "invalid unicode escape code", place - 6)
              end
              return utf8(0x10000 + (code - 0xD800) * 1024 + low - 0xDC00), place + 6
            end
            return utf8(code), place
          end

          local function read_string(text, start)
            local parts, place = {}, start + 1
            while true do
              local stop = find(text, '[%c"\\]', place)
              if not stop then fail("value", "unexpected end of string", #text + 1) end
              local letter = byte(text, stop)
              if letter == 127 then
                parts[#parts + 1] = sub(text, place, stop)
                place = stop + 1
              else
                parts[#parts + 1] = sub(text, place, stop - 1)
                if letter == 34 then return concat(parts), stop + 1 end
                if letter ~= 92 then fail("value", "invalid token", stop) end
                parts[#parts + 1], place = read_escape(text, stop + 1, start)
              end
            end
          end

          local read

          local function read_list(text, place, depth)
            local list = settings.arrays and setmetatable({}, array_mt) or {}
            place = skip(text, place + 1)
            if sub(text, place, place) == "]" then return list, place + 1 end
            local count = 0
            while true do
              count = count + 1
              list[count], place = read(text, place, depth)
              place = skip(text, place)
              local letter = sub(text, place, place)
              if letter == "]" then return list, place + 1 end
              if letter ~= "," then fail("comma or array end", token(text, place), place) end
              place = skip(text, place + 1)
            end
          end

          local function read_members(text, place, depth)
            local members = {}
            place = skip(text, place + 1)
            if sub(text, place, place) == "}" then return members, place + 1 end
            while true do
              if sub(text, place, place) ~= '"' then fail("object key string", token(text, place), place) end
              local key
              key, place = read_string(text, place)
              place = skip(text, place)
              if sub(text, place, place) ~= ":" then fail("colon", token(text, place), place) end
              members[key], place = read(text, skip(text, place + 1), depth)
              place = skip(text, place)
              local letter = sub(text, place, place)
              if letter == "}" then return members, place + 1 end
              if letter ~= "," then fail("comma or object end", token(text, place), place) end
              place = skip(text, place + 1)
            end
          end

          function read(text, place, depth)
            local letter = sub(text, place, place)
            if letter == "{" or letter == "[" then
              if depth >= DEPTH then
                error("Found too many nested data structures (" .. depth + 1 .. ") at character " .. place, 0)
              end
              return (letter == "{" and read_members or read_list)(text, place, depth + 1)
            end
            if letter == '"' then return read_string(text, place) end
            if find(text, "^true", place) then return true, place + 4 end
            if find(text, "^false", place) then return false, place + 5 end
            if find(text, "^null", place) then return null, place + 4 end
            local digits = match(text, "^[+-]?%d+%.?%d*[eE][+-]?%d+", place) or match(text, "^[+-]?0[xX]%x+", place)
              or match(text, "^[+-]?%d+%.?%d*", place)
            local value = digits and tonumber((gsub(digits, "^%+", "")))
            if not value then fail("value", token(text, place), place) end
            return value, place + #digits
          end

          function cjson.decode(text)
            if type(text) == "number" then text = tostring(text) end
            if type(text) ~= "string" then
              error("bad argument #1 to 'decode' (string expected, got " .. type(text) .. ")", 2)
            end
            local ok, value, place = pcall(read, text, skip(text, 1), 0)
            if not ok then error(value, 2) end
            place = skip(text, place)
            if place <= #text then
              error("Expected the end but found " .. token(text, place) .. " at character " .. place, 2)
            end
            return value
          end

          function cjson.decode_array_with_array_mt(on)
            if on ~= nil then settings.arrays = on and true or false end
            return settings.arrays
          end

          function cjson.encode_sparse_array(convert, ratio, safe)
            if convert ~= nil then settings.convert = convert and true or false end
            settings.ratio, settings.safe = ratio or settings.ratio, safe or settings.safe
            return settings.convert, settings.ratio, settings.safe
          end

          function cjson.encode_number_precision(digits)
            if digits then settings.precision = "%." .. floor(digits) .. "g" end
            return tonumber(match(settings.precision, "%d+"))
          end

          function cjson.encode_escape_forward_slash(on)
            settings.slash = on and true or false
          end

          local function unchanged(value) return function() return value end end
          cjson.encode_max_depth, cjson.decode_max_depth = unchanged(DEPTH), unchanged(DEPTH)
          cjson.encode_keep_buffer, cjson.encode_empty_table_as_object = unchanged(true), unchanged(true)
          cjson.encode_invalid_numbers, cjson.decode_invalid_numbers = unchanged(false), unchanged(true)
          cjson.new = new
          return cjson
        end

        -- The same, with nil and a text in place of errors.
        local function safe(cjson)
          local encode, decode = cjson.encode, cjson.decode
          local function guard(body)
            return function(...)
              local ok, value = pcall(body, ...)
              if ok then return value end
              return nil, value
            end
          end
          local made = {}
          for name, value in pairs(cjson) do made[name] = value end
          made.encode, made.decode = guard(encode), guard(decode)
          made.new = function() return safe(new()) end
          return made
        end

        loaded.cjson = new()
        loaded["cjson.safe"] = safe(new())
        """#
}
