// A JSON body whose members wait for rules where some rule names them, and are written already where none does.

import Wire

struct JSONDocument {
    /// The members that rules name, by the number of their name.
    var slots: [JSONMember?]
    /// All others as they are written, without the brackets around them.
    private var rest: [UInt8] = []
    /// Where the items of a list lie in `rest`; nil for an object.
    private var items: [Range<Int>]?
    private var keepsEmptyLists = false
    private var isWritable = true

    /// An empty object.
    init(count: Int) {
        slots = Array(repeating: nil, count: count)
    }

    /// Nil when the body is neither an object nor a list.
    init?(_ body: [UInt8], _ names: [[UInt8]: Int], count: Int, keepsEmptyLists: Bool) {
        self.init(count: count)
        self.keepsEmptyLists = keepsEmptyLists
        rest.reserveCapacity(body.count)
        var reader = JSONRewriter(body, keepsEmptyLists: keepsEmptyLists)
        if reader.take(UInt8(ascii: "{")) {
            guard readMembers(&reader, names) else { return nil }
        } else {
            guard reader.take(UInt8(ascii: "[")), readItems(&reader) else { return nil }
        }
        guard reader.peek() == nil else { return nil }
    }

    private mutating func readMembers(_ reader: inout JSONRewriter, _ names: [[UInt8]: Int]) -> Bool {
        if reader.take(UInt8(ascii: "}")) { return true }
        repeat {
            guard let name = reader.name() else { return false }
            if let slot = names[name] {
                guard readMember(&reader, slot) else { return false }
            } else {
                separate()
                JSONRewriter.write(name.span, to: &rest)
                rest.append(Ascii.colon)
                guard reader.value(to: &rest) != nil else { return false }
                noteUnwritable(&reader)
            }
        } while reader.take(UInt8(ascii: ","))
        return reader.take(UInt8(ascii: "}"))
    }

    private mutating func readMember(_ reader: inout JSONRewriter, _ slot: Int) -> Bool {
        var bytes: [UInt8] = []
        guard let kind = reader.value(to: &bytes) else { return false }
        slots[slot] = JSONMember(kind, bytes, isWritable: !reader.hasUnwritable)
        reader.hasUnwritable = false
        return true
    }

    private mutating func readItems(_ reader: inout JSONRewriter) -> Bool {
        var found: [Range<Int>] = []
        defer { items = found }
        if reader.take(UInt8(ascii: "]")) { return true }
        repeat {
            separate()
            let start = rest.count
            guard reader.value(to: &rest) != nil else { return false }
            found.append(start..<rest.count)
            noteUnwritable(&reader)
        } while reader.take(UInt8(ascii: ","))
        return reader.take(UInt8(ascii: "]"))
    }

    private mutating func noteUnwritable(_ reader: inout JSONRewriter) {
        if reader.hasUnwritable { isWritable = false }
        reader.hasUnwritable = false
    }

    private mutating func separate() {
        if !rest.isEmpty { rest.append(UInt8(ascii: ",")) }
    }

    /// The whole again; nil when a number in it has no text, at which Kong's encoder gives up.
    ///
    /// - Parameter listsKeepNames: whether a list that rules have put members into becomes an object, whose first
    ///   members are called 1, 2 and so on; else it stays a list, without them.
    func bytes(names: [[UInt8]], listsKeepNames: Bool) -> [UInt8]? {
        guard isWritable, slots.allSatisfy({ $0?.isWritable ?? true }) else { return nil }
        let named = slots.contains { $0 != nil }
        if let items, !named || !listsKeepNames {
            if items.isEmpty { return Array(keepsEmptyLists ? "[]".utf8 : "{}".utf8) }
            return [UInt8(ascii: "[")] + rest + [UInt8(ascii: "]")]
        }
        var out = [UInt8(ascii: "{")]
        if let items { numbered(items, to: &out) } else { out += rest }
        for (name, member) in zip(names, slots) {
            guard let member else { continue }
            if out.count > 1 { out.append(UInt8(ascii: ",")) }
            JSONRewriter.write(name.span, to: &out)
            out.append(Ascii.colon)
            out += member.bytes
        }
        out.append(UInt8(ascii: "}"))
        return out
    }

    private func numbered(_ items: [Range<Int>], to out: inout [UInt8]) {
        for (place, item) in items.enumerated() {
            if place > 0 { out.append(UInt8(ascii: ",")) }
            out += Array("\"\(place + 1)\":".utf8)
            out += rest[item]
        }
    }
}
