// A strict JSON parser (RFC 8259) over bytes. Bodies of the Admin API come from the network, so depth is limited and
// every read is bounds-checked; its cost is linear in the size of the text.

extension JSON {
    /// How deep lists and objects may nest; Kong's decoder has the same limit.
    package static let maxDepth = 1000

    /// Parses one JSON value with nothing but white space around it.
    package init(parsing bytes: [UInt8]) throws(JSONSyntaxError) {
        var parser = JSONParser(bytes: bytes)
        self = try parser.parseDocument()
    }

    package init(parsing text: String) throws(JSONSyntaxError) {
        try self.init(parsing: Array(text.utf8))
    }
}

private struct JSONParser {
    let bytes: [UInt8]
    var position = 0
    var depth = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func parseDocument() throws(JSONSyntaxError) -> JSON {
        let value = try parseValue()
        skipSpace()
        guard position == bytes.count else { throw failure(.trailingBytes) }
        return value
    }

    private mutating func parseValue() throws(JSONSyntaxError) -> JSON {
        skipSpace()
        switch try peek() {
        case UInt8(ascii: "{"): return try nested { parser throws(JSONSyntaxError) in try parser.parseObject() }
        case UInt8(ascii: "["): return try nested { parser throws(JSONSyntaxError) in try parser.parseArray() }
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "t"): return try parseWord("true", .bool(true))
        case UInt8(ascii: "f"): return try parseWord("false", .bool(false))
        case UInt8(ascii: "n"): return try parseWord("null", .null)
        default: return try parseNumber()
        }
    }

    private mutating func nested(
        _ parse: (inout JSONParser) throws(JSONSyntaxError) -> JSON
    ) throws(JSONSyntaxError) -> JSON {
        guard depth < JSON.maxDepth else { throw failure(.tooDeep) }
        depth += 1
        position += 1
        let value = try parse(&self)
        depth -= 1
        return value
    }

    private mutating func parseArray() throws(JSONSyntaxError) -> JSON {
        var items: [JSON] = []
        skipSpace()
        if try take(UInt8(ascii: "]")) { return .array(items) }
        repeat {
            items.append(try parseValue())
            skipSpace()
        } while try take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"))
        return .array(items)
    }

    private mutating func parseObject() throws(JSONSyntaxError) -> JSON {
        var members = JSONObject()
        skipSpace()
        if try take(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            skipSpace()
            guard try peek() == UInt8(ascii: "\"") else { throw failure(.unexpectedByte) }
            let key = try parseString()
            skipSpace()
            try expect(UInt8(ascii: ":"))
            members[key] = try parseValue()
            skipSpace()
        } while try take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"))
        return .object(members)
    }

    private mutating func parseWord(_ word: StaticString, _ value: JSON) throws(JSONSyntaxError) -> JSON {
        for byte in word.description.utf8 { try expect(byte) }
        return value
    }
}

// MARK: - Numbers

extension JSONParser {
    private mutating func parseNumber() throws(JSONSyntaxError) -> JSON {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        let firstDigit = position
        let (digits, whole) = takeDigits()
        guard digits > 0 else { throw failure(position < bytes.count ? .unexpectedByte : .unexpectedEnd) }
        if digits > 1, bytes[firstDigit] == UInt8(ascii: "0") { throw failure(.badNumber) }
        let isInteger = try !takeFractionAndExponent()
        // Up to 15 digits an integer is exact in a double, which spares the slow general conversion.
        if isInteger, digits <= 15 {
            return .number(firstDigit > start ? -Double(whole) : Double(whole))
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let value = Double(text), value.isFinite else { throw failure(.badNumber) }
        return .number(value)
    }

    private mutating func takeDigits() -> (count: Int, value: Int) {
        let start = position
        var value = 0
        while position < bytes.count, case UInt8(ascii: "0")...UInt8(ascii: "9") = bytes[position] {
            value = value &* 10 &+ Int(bytes[position] - UInt8(ascii: "0"))
            position += 1
        }
        return (position - start, value)
    }

    /// Returns whether there was a fraction or an exponent.
    private mutating func takeFractionAndExponent() throws(JSONSyntaxError) -> Bool {
        var found = false
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            found = true
            guard takeDigits().count > 0 else { throw failure(.badNumber) }
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            found = true
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            guard takeDigits().count > 0 else { throw failure(.badNumber) }
        }
        return found
    }
}

// MARK: - Texts

extension JSONParser {
    private mutating func parseString() throws(JSONSyntaxError) -> String {
        position += 1
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                let text = try decode(bytes[start..<position])
                position += 1
                return text
            case UInt8(ascii: "\\"):
                return try parseEscapedString(from: start)
            case 0..<0x20: throw failure(.controlCharacter)
            default: position += 1
            }
        }
        throw failure(.unexpectedEnd)
    }

    private mutating func parseEscapedString(from start: Int) throws(JSONSyntaxError) -> String {
        var text = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return try decode(text[...])
            case UInt8(ascii: "\\"): try parseEscape(into: &text)
            case 0..<0x20: throw failure(.controlCharacter)
            default: text.append(byte)
            }
        }
        throw failure(.unexpectedEnd)
    }

    private mutating func parseEscape(into text: inout [UInt8]) throws(JSONSyntaxError) {
        let byte = try peek()
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text.append(contentsOf: String(try parseScalar()).utf8)
        default: throw failure(.badEscape)
        }
    }

    /// The scalar of `\uXXXX`, or of a surrogate pair `\uD83D\uDE00` (RFC 8259 section 7).
    private mutating func parseScalar() throws(JSONSyntaxError) -> Character {
        let high = try parseHex()
        var code = UInt32(high)
        if (0xD800..<0xDC00).contains(high) {
            try expect(UInt8(ascii: "\\"))
            try expect(UInt8(ascii: "u"))
            let low = try parseHex()
            guard (0xDC00..<0xE000).contains(low) else { throw failure(.badEscape) }
            code = 0x10000 + (UInt32(high - 0xD800) << 10) + UInt32(low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw failure(.badEscape) }
        return Character(scalar)
    }

    private mutating func parseHex() throws(JSONSyntaxError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(try peek())).hexDigitValue else { throw failure(.badEscape) }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }

    private func decode(_ slice: ArraySlice<UInt8>) throws(JSONSyntaxError) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else { throw failure(.badText) }
        return text
    }
}

// MARK: - Bytes

extension JSONParser {
    private func failure(_ reason: JSONSyntaxError.Reason) -> JSONSyntaxError {
        JSONSyntaxError(reason: reason, offset: position)
    }

    private func peek() throws(JSONSyntaxError) -> UInt8 {
        guard position < bytes.count else { throw failure(.unexpectedEnd) }
        return bytes[position]
    }

    private mutating func take(_ byte: UInt8) throws(JSONSyntaxError) -> Bool {
        guard try peek() == byte else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ byte: UInt8) throws(JSONSyntaxError) {
        guard try take(byte) else { throw failure(.unexpectedByte) }
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }
}
