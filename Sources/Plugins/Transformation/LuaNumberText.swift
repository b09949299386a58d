// A number as Kong's JSON decoder takes it, which is C's strtod(): beside JSON's own, hexadecimal ones, leading zeros
// and signs, and what is no number at all (`nan`, `inf`).

import Wire

struct LuaNumberText {
    /// How many bytes it takes.
    private(set) var count = 0
    /// Whether it is written again as it stands: a decimal of at most 14 digits, none of which could be left out.
    private(set) var isPlain = false

    /// Nil when the text does not begin with a number.
    init?(_ text: Span<UInt8>) {
        if text.count > 0, text[0] == UInt8(ascii: "-") || text[0] == UInt8(ascii: "+") { count = 1 }
        let isSigned = count > 0 && text[0] == UInt8(ascii: "+")
        if takeWord("infinity", text) || takeWord("inf", text) || takeWord("nan", text) { return }
        if text.count > count + 2, text[count] == UInt8(ascii: "0"), text[count + 1] | 0x20 == UInt8(ascii: "x"),
            text[count + 2].isHexDigit
        {
            count += 2
            takeHexadecimal(text)
            return
        }
        let start = count
        let digits = takeDigits(text)
        let whole = count
        takeFraction(text, digits: digits)
        guard count > start, digits > 0 || count > whole else { return nil }
        let end = count
        takeExponent(text, sign: UInt8(ascii: "e"))
        guard count == end, !isSigned, digits == 1 || digits > 1 && text[start] != Ascii.zero else { return }
        isPlain = end == whole ? digits <= 14 : isPlainFraction(text, start, point: whole, end)
    }

    /// Far from where an exponent would be written.
    private func isPlainFraction(_ text: Span<UInt8>, _ start: Int, point: Int, _ end: Int) -> Bool {
        guard end - start <= 15, Ascii.isDigit(text[end - 1]), text[end - 1] != Ascii.zero else { return false }
        return text[start] != Ascii.zero || text[point + 1] != Ascii.zero
    }

    private mutating func takeHexadecimal(_ text: Span<UInt8>) {
        while count < text.count, text[count].isHexDigit { count += 1 }
        if count < text.count, text[count] == UInt8(ascii: ".") {
            count += 1
            while count < text.count, text[count].isHexDigit { count += 1 }
        }
        takeExponent(text, sign: UInt8(ascii: "p"))
    }

    private mutating func takeDigits(_ text: Span<UInt8>) -> Int {
        let start = count
        while count < text.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[count]) { count += 1 }
        return count - start
    }

    /// A point needs a digit on one of its sides.
    private mutating func takeFraction(_ text: Span<UInt8>, digits: Int) {
        guard count < text.count, text[count] == UInt8(ascii: ".") else { return }
        let before = count
        count += 1
        if takeDigits(text) == 0, digits == 0 { count = before }
    }

    /// What has no digits is none.
    private mutating func takeExponent(_ text: Span<UInt8>, sign: UInt8) {
        guard count < text.count, text[count] | 0x20 == sign else { return }
        let before = count
        count += 1
        if count < text.count, text[count] == UInt8(ascii: "-") || text[count] == UInt8(ascii: "+") { count += 1 }
        if takeDigits(text) == 0 { count = before }
    }

    private mutating func takeWord(_ word: StaticString, _ text: Span<UInt8>) -> Bool {
        let length = word.utf8CodeUnitCount
        guard text.count - count >= length, text.extracting(count..<count + length).equalsIgnoringCase(word) else {
            return false
        }
        count += length
        return true
    }
}

extension UInt8 {
    fileprivate var isHexDigit: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
