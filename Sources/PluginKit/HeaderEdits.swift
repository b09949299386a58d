// What plugins and the gateway change about a message's headers, kept beside the untouched head and applied while
// the head is written. Names and values lie in one reused arena, so that edits cost no allocation in steady state.

import NIOCore
import Wire

/// An ordered list of changes to the header fields of one message.
package struct HeaderEdits {
    private struct Edit {
        var operation: Operation
        var known: KnownHeader
        var name: Range<Int>
        var value: Range<Int>
    }

    private enum Operation {
        case set
        case add
        case remove
        case dropped
    }

    private var arena: [UInt8] = []
    private var edits: [Edit] = []

    package init() {
        arena.reserveCapacity(1024)
        edits.reserveCapacity(16)
    }

    package var isEmpty: Bool { edits.isEmpty }

    /// Forgets all edits and keeps the memory.
    package mutating func reset() {
        guard !edits.isEmpty else { return }
        edits.removeAll(keepingCapacity: true)
        arena.removeAll(keepingCapacity: true)
    }

    /// Replaces every field of that name by one with this value.
    package mutating func set(_ name: HeaderName, _ value: [UInt8]) {
        drop(name)
        append(.set, name, value)
    }

    /// The same for bytes that are not in an array. Slower, since it is called unspecialised from other modules.
    package mutating func set(_ name: HeaderName, _ value: some Collection<UInt8>) {
        set(name, Array(value))
    }

    /// The same for a number that is not negative, whose digits are written without a copy.
    package mutating func set(_ name: HeaderName, number: Int) {
        drop(name)
        let digits = Self.digits(number)
        append(.set, name, []) { arena in
            for place in digits.used { arena.append(digits.text[place]) }
        }
    }

    /// The same for 16 hexadecimal digits, or 32 with `high` before them, which are written without a copy.
    package mutating func set(_ name: HeaderName, hexadecimal high: UInt64?, _ low: UInt64) {
        drop(name)
        append(.set, name, []) { arena in
            if let high { Self.append(hexadecimal: high, to: &arena) }
            Self.append(hexadecimal: low, to: &arena)
        }
    }

    /// Adds a field beside those that are there.
    package mutating func add(_ name: HeaderName, _ value: some Collection<UInt8>) {
        append(.add, name, Array(value))
    }

    /// Adds a field in place of those that earlier edits set or added; original ones stay (a header that nginx's
    /// access phase sets for the client goes out beside the upstream's own).
    package mutating func replaceAdded(_ name: HeaderName, _ value: some Collection<UInt8>) {
        drop(name)
        append(.add, name, Array(value))
    }

    /// Takes back what earlier edits did about that name.
    package mutating func forget(_ name: HeaderName) {
        drop(name)
    }

    /// Removes every field of that name.
    package mutating func remove(_ name: HeaderName) {
        drop(name)
        append(.remove, name, [])
    }

    /// Whether an original field of that name must not be sent.
    package func hides(_ name: borrowing Span<UInt8>, _ known: KnownHeader) -> Bool {
        for edit in edits where edit.operation == .set || edit.operation == .remove {
            if edit.known.isSame(as: known), !known.isSame(as: .other) || equal(edit.name, name) { return true }
        }
        return false
    }

    /// Calls `body` with each field to send besides the original ones.
    package func forEachAddition(_ body: (_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) -> Void) {
        for edit in edits where edit.operation == .set || edit.operation == .add {
            body(arena[edit.name], arena[edit.value])
        }
    }

    /// Appends each field to send besides the original ones as header lines.
    package func writeAdditions(into buffer: inout ByteBuffer) {
        for edit in edits where edit.operation == .set || edit.operation == .add {
            buffer.writeBytes(arena[edit.name])
            buffer.writeStaticString(": ")
            buffer.writeBytes(arena[edit.value])
            buffer.writeStaticString("\r\n")
        }
    }

    /// The values that edits gave to that name, in order.
    package func values(of name: HeaderName) -> [ArraySlice<UInt8>] {
        edits.compactMap { edit in
            (edit.operation == .set || edit.operation == .add) && matches(edit, name) ? arena[edit.value] : nil
        }
    }

    /// Whether any edit concerns that name.
    package func concerns(_ name: HeaderName) -> Bool {
        edits.contains { $0.operation != .dropped && matches($0, name) }
    }

    private mutating func append(
        _ operation: Operation, _ name: HeaderName, _ value: [UInt8], _ more: (inout [UInt8]) -> Void = { _ in }
    ) {
        let start = arena.count
        arena.append(contentsOf: name.bytes)
        let middle = arena.count
        arena.append(contentsOf: value)
        more(&arena)
        edits.append(Edit(operation: operation, known: name.known, name: start..<middle, value: middle..<arena.count))
    }

    private static func digits(_ number: Int) -> (text: InlineArray<20, UInt8>, used: Range<Int>) {
        var text = InlineArray<20, UInt8>(repeating: UInt8(ascii: "0"))
        var rest = number
        var start = 20
        repeat {
            start -= 1
            text[start] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        } while rest > 0 && start > 0
        return (text, start..<20)
    }

    private static func append(hexadecimal word: UInt64, to arena: inout [UInt8]) {
        for place in stride(from: 60, through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: word >> UInt64(place)) & 15
            arena.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }

    private mutating func drop(_ name: HeaderName) {
        for index in edits.indices where matches(edits[index], name) {
            edits[index].operation = .dropped
        }
    }

    private func matches(_ edit: Edit, _ name: HeaderName) -> Bool {
        guard edit.known.isSame(as: name.known) else { return false }
        return !name.known.isSame(as: .other) || equal(edit.name, name.lowered.span)
    }

    private func equal(_ range: Range<Int>, _ name: borrowing Span<UInt8>) -> Bool {
        guard range.count == name.count else { return false }
        for index in 0..<range.count
        where Ascii.lowercased(arena[range.lowerBound + index]) != Ascii.lowercased(name[index]) {
            return false
        }
        return true
    }
}
