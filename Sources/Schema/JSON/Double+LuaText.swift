// The text of a number as Lua and Kong's JSON encoder print it: C's "%.14g". It occurs in bodies, in error texts
// and in logs; formatting by hand keeps Foundation out of this module.

extension Double {
    /// At most 14 significant digits, no trailing zeros, an exponent below 1e-4 and from 1e14 on; inf, -inf, nan.
    package var luaText: String {
        if let whole = Int(exactly: self), whole.magnitude < 100_000_000_000_000 {
            return whole == 0 && sign == .minus ? "-0" : String(whole)
        }
        guard isFinite else { return isNaN ? "nan" : self < 0 ? "-inf" : "inf" }
        let decimal = Decimal14(magnitude)
        return (self < 0 ? "-" : "") + decimal.text
    }
}

/// A positive number as up to 14 decimal digits and the exponent of the first one.
private struct Decimal14 {
    var digits: [UInt8]
    var exponent: Int

    private static let precision = 14

    /// Rounds the shortest decimal text that stands for `value`, which Swift gives with at most 17 digits.
    init(_ value: Double) {
        (digits, exponent) = Self.split(value.description)
        round()
        while digits.count > 1, digits.last == 0 { digits.removeLast() }
    }

    /// "123.45e-7" as its digits without leading zeros and the exponent of the first.
    private static func split(_ description: String) -> (digits: [UInt8], exponent: Int) {
        let parts = description.split(separator: "e")
        var digits: [UInt8] = []
        var pointAt: Int?
        for byte in parts[0].utf8 {
            if byte == UInt8(ascii: ".") { pointAt = digits.count } else { digits.append(byte - UInt8(ascii: "0")) }
        }
        var exponent = (pointAt ?? digits.count) - 1 + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        while digits.count > 1, digits[0] == 0 {
            digits.removeFirst()
            exponent -= 1
        }
        return (digits, exponent)
    }

    private mutating func round() {
        guard digits.count > Self.precision else { return }
        let roundsUp = digits[Self.precision] >= 5
        digits.removeLast(digits.count - Self.precision)
        guard roundsUp else { return }
        var place = digits.count - 1
        while place >= 0, digits[place] == 9 {
            digits[place] = 0
            place -= 1
        }
        if place >= 0 {
            digits[place] += 1
        } else {
            digits.insert(1, at: 0)
            digits.removeLast()
            exponent += 1
        }
    }

    var text: String {
        let texts = digits.map { String($0) }
        if exponent < -4 || exponent >= Self.precision {
            let fraction = texts.count > 1 ? "." + texts.dropFirst().joined() : ""
            let size = abs(exponent)
            return texts[0] + fraction + (exponent < 0 ? "e-" : "e+") + (size < 10 ? "0" : "") + String(size)
        }
        if exponent < 0 {
            return "0." + String(repeating: "0", count: -exponent - 1) + texts.joined()
        }
        let whole = texts.prefix(exponent + 1).joined()
        let padding = String(repeating: "0", count: max(0, exponent + 1 - texts.count))
        let fraction = texts.dropFirst(exponent + 1).joined()
        return whole + padding + (fraction.isEmpty ? "" : "." + fraction)
    }
}
