// Names with one or more values each, such as headers and arguments, as log entries show them: OpenResty makes a list
// of what is given more than once, and true of an argument without a value.

import Schema
import Wire

/// Values by name, in the order in which the names came. All of them lie in one arena, so that none costs an
/// allocation of its own.
struct EntryMembers {
    /// How many OpenResty counts, repeats included.
    static let limit = 100

    private struct Member {
        let name: Range<Int>
        /// Nil for a flag.
        let value: Range<Int>?
        /// The place of the first member of the same name, which may be its own.
        let first: Int
        /// How many have the name of this one, which is the first.
        var count = 1
    }

    private var arena: [UInt8] = []
    private var members: [Member] = []

    init() {
        arena.reserveCapacity(1024)
        members.reserveCapacity(16)
    }

    /// Adds an argument; the value of a flag is nil.
    mutating func add(argument name: [UInt8], _ value: [UInt8]?) {
        guard members.count < Self.limit else { return }
        let range = append(name.span)
        append(range, value.map { append($0.span) })
    }

    /// Adds a header; names of headers are told in small letters.
    mutating func add(header name: Span<UInt8>, _ value: Span<UInt8>) {
        guard members.count < Self.limit else { return }
        let range = append(name)
        var bytes = arena.mutableSpan
        for index in range { bytes[index] = Ascii.lowercased(bytes[index]) }
        append(range, append(value))
    }

    private mutating func append(_ bytes: Span<UInt8>) -> Range<Int> {
        let start = arena.count
        arena.append(bytes)
        return start..<arena.count
    }

    private mutating func append(_ name: Range<Int>, _ value: Range<Int>?) {
        let first = members.indices.first { members[$0].first == $0 && isSame(members[$0].name, name) }
        if let first { members[first].count += 1 }
        members.append(Member(name: name, value: value, first: first ?? members.count))
    }

    private func isSame(_ one: Range<Int>, _ other: Range<Int>) -> Bool {
        guard one.count == other.count else { return false }
        let bytes = arena.span
        for offset in 0..<one.count
        where bytes[one.lowerBound &+ offset] != bytes[other.lowerBound &+ offset] { return false }
        return true
    }

    func write(to text: inout EntryText) {
        let bytes = arena.span
        text.open()
        for (place, member) in members.enumerated() where member.first == place {
            text.name(bytes.extracting(member.name))
            if member.count == 1 {
                write(member, to: &text)
            } else {
                writeList(of: place, to: &text)
            }
        }
        text.close()
    }

    private func writeList(of first: Int, to text: inout EntryText) {
        text.append("[")
        for (place, member) in members.enumerated() where member.first == first {
            if place > first { text.append(",") }
            write(member, to: &text)
        }
        text.append("]")
    }

    private func write(_ member: Member, to text: inout EntryText) {
        guard let value = member.value else { return text.append("true") }
        text.string(arena.span.extracting(value))
    }
}
