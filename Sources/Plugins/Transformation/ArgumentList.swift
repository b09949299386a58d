// A query string or urlencoded form as something that rules change. Arguments that no rule names stay as they were
// written and where they were.

import PluginKit
import Schema
import Wire

struct ArgumentList: Transformable {
    private struct Argument {
        let name: [UInt8]
        /// Name and value as they are written; no value for a flag.
        let written: [UInt8]
        let value: [UInt8]?

        init(_ text: ArraySlice<UInt8>) {
            let equals = text.firstIndex(of: UInt8(ascii: "="))
            let key = Array(text[..<(equals ?? text.endIndex)])
            name = PercentText.decoded(key.span, 0..<key.count)
            written = key
            value = equals.map { Array(text[($0 + 1)...]) }
        }

        init(_ name: RuleText, writtenValue: [UInt8]?) {
            self.name = name.bytes
            written = ArgumentList.escaped(name.bytes)
            value = writtenValue
        }
    }

    private var arguments: [Argument]
    private(set) var isChanged = false

    init(_ text: [UInt8]) {
        arguments = text.split(separator: UInt8(ascii: "&")).map { Argument($0) }
    }

    var bytes: [UInt8] {
        var result: [UInt8] = []
        for argument in arguments {
            if !result.isEmpty { result.append(UInt8(ascii: "&")) }
            result += argument.written
            guard let value = argument.value else { continue }
            result.append(UInt8(ascii: "="))
            result += value
        }
        return result
    }

    mutating func remove(_ name: RuleText) {
        guard has(name) else { return }
        arguments.removeAll { $0.name == name.bytes }
        isChanged = true
    }

    mutating func rename(_ old: RuleText, to new: RuleText) {
        guard has(old) else { return }
        remove(new)
        arguments = arguments.map { argument in
            argument.name == old.bytes ? Argument(new, writtenValue: argument.value) : argument
        }
        isChanged = true
    }

    /// Several values become one, in the place of the first.
    mutating func replace(_ name: RuleText, with value: RuleText?) {
        guard let index = arguments.firstIndex(where: { $0.name == name.bytes }) else { return }
        arguments.removeAll { $0.name == name.bytes }
        if let value { arguments.insert(Argument(name, writtenValue: Self.escaped(value.bytes)), at: index) }
        isChanged = true
    }

    mutating func add(_ name: RuleText, _ value: RuleText) {
        if !has(name) { append(name, value) }
    }

    mutating func append(_ name: RuleText, _ value: RuleText) {
        arguments.append(Argument(name, writtenValue: Self.escaped(value.bytes)))
        isChanged = true
    }

    private func has(_ name: RuleText) -> Bool {
        arguments.contains { $0.name == name.bytes }
    }

    /// Everything but RFC 3986's unreserved characters as `%XX`.
    private static func escaped(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for byte in text {
            if byte.isAlphanumeric || "-._~".utf8.contains(byte) {
                result.append(byte)
            } else {
                result += [Ascii.percent, digit(byte >> 4), digit(byte & 15)]
            }
        }
        return result
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }
}
