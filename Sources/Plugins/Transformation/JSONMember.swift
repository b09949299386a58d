// A member of a JSON object that a rule names, as it is going to be written.

struct JSONMember {
    private var kind: JSONRewriter.Kind
    private(set) var bytes: [UInt8]
    /// False when there is a number in it that JSON has no text for.
    private(set) var isWritable = true
    /// How many values were appended to an object, by numbers for names.
    private var appended = 0

    init(_ kind: JSONRewriter.Kind, _ bytes: [UInt8], isWritable: Bool) {
        self.kind = kind
        self.bytes = bytes
        self.isWritable = isWritable
    }

    /// - Parameter text: with quotes.
    init(text: [UInt8]) {
        kind = .text
        bytes = text
    }

    /// What Lua takes for false; null is not.
    var isFalse: Bool {
        if case .no = kind { true } else { false }
    }

    /// A list grows, and what can stand in a list becomes the first of two. To Lua an object is a table as well: it
    /// gets members called 1, 2 and so on.
    ///
    /// - Parameters:
    ///   - text: nil appends nothing, but makes a list all the same.
    ///   - keepsScalars: whether numbers and booleans can stand in a list.
    static func appending(_ text: [UInt8]?, to member: JSONMember?, keepsScalars: Bool) -> JSONMember {
        guard var member else { return list([text]) }
        switch member.kind {
        case .text: return list([member.bytes, text])
        case .no, .other:
            guard keepsScalars else { return list([text]) }
            var result = list([member.bytes, text])
            result.isWritable = member.isWritable
            return result
        case .null: return list([text])
        case .list(0), .table(0): return text == nil ? member : list([text])
        case .list(let count):
            guard let text else { return member }
            member.kind = .list(count + 1)
            member.insert([UInt8(ascii: ",")] + text)
        case .table:
            guard let text else { return member }
            member.appended += 1
            member.insert(Array(",\"\(member.appended)\":".utf8) + text)
        }
        return member
    }

    /// Puts something before the bracket that ends the value.
    private mutating func insert(_ text: [UInt8]) {
        bytes.insert(contentsOf: text, at: bytes.count - 1)
    }

    private static func list(_ items: [[UInt8]?]) -> JSONMember {
        let items = items.compactMap { $0 }
        if items.isEmpty { return JSONMember(.list(0), Array("{}".utf8), isWritable: true) }
        let text = [UInt8(ascii: "[")] + items.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
        return JSONMember(.list(items.count), text, isWritable: true)
    }
}
