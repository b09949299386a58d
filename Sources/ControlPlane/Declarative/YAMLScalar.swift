// What an unquoted word of YAML stands for. Done here, since Yams matches seven regular expressions
// against every scalar, which takes seconds for a file of ten thousand routes.

import Schema
import Yams

enum YAMLScalar {
    private static let textTag = Tag.Name.str.rawValue
    private static let nulls: Set<String> = ["", "~", "null", "Null", "NULL"]
    private static let truths: Set<String> = ["true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"]
    private static let untruths: Set<String> = ["false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"]

    static func value(of scalar: Node.Scalar) -> JSON {
        guard scalar.style == .plain, scalar.tag.rawValue != textTag else { return .string(scalar.string) }
        return value(ofPlain: scalar.string)
    }

    /// The value of a plain scalar by YAML 1.1.
    static func value(ofPlain text: String) -> JSON {
        if nulls.contains(text) { return .null }
        if truths.contains(text) { return true }
        if untruths.contains(text) { return false }
        return number(text).map(JSON.number) ?? .string(text)
    }

    private static func number(_ text: String) -> Double? {
        let isNegative = text.hasPrefix("-")
        let bare = isNegative || text.hasPrefix("+") ? text.dropFirst() : text[...]
        guard let first = bare.utf8.first else { return nil }
        guard first == UInt8(ascii: ".") || (first >= 0x30 && first <= 0x39) else { return nil }
        return magnitude(bare).map { isNegative ? -$0 : $0 }
    }

    /// A number without its sign; underscores may group digits.
    private static func magnitude(_ text: Substring) -> Double? {
        switch text {
        case ".inf", ".Inf", ".INF": return .infinity
        case ".nan", ".NaN", ".NAN": return .nan
        default: break
        }
        let digits = text.replacing("_", with: "")
        if let value = prefixed(digits, "0x", radix: 16) ?? prefixed(digits, "0o", radix: 8) { return value }
        if let value = prefixed(digits, "0b", radix: 2) { return value }
        if digits.utf8.count > 1, digits.hasPrefix("0"), let value = Int(digits, radix: 8) { return Double(value) }
        let isDecimal = digits.utf8.allSatisfy { byte in
            (byte >= 0x30 && byte <= 0x39) || "+-.eE".utf8.contains(byte)
        }
        return isDecimal ? Double(digits) : nil
    }

    private static func prefixed(_ text: Substring, _ prefix: String, radix: Int) -> Double? {
        guard text.hasPrefix(prefix) else { return nil }
        return Int(text.dropFirst(prefix.count), radix: radix).map(Double.init)
    }
}
