// Names with one or more values each, such as headers and arguments, as log entries show them: OpenResty makes a list
// of what is given more than once, and true of an argument without a value.

import Schema
import Wire

/// Values by name, in the order in which the names came.
struct EntryMembers {
    /// How many OpenResty counts, repeats included.
    static let limit = 100

    private var members: [(name: [UInt8], values: [[UInt8]?])] = []
    private var count = 0

    /// Adds a value; nil is one that is not there.
    mutating func add(_ name: [UInt8], _ value: [UInt8]?) {
        guard count < Self.limit else { return }
        count += 1
        guard let place = members.firstIndex(where: { $0.name == name }) else {
            return members.append((name, [value]))
        }
        members[place].values.append(value)
    }

    func write(to text: inout EntryText) {
        text.open()
        for (name, values) in members {
            text.name(name)
            if values.count > 1 { text.append("[") }
            for (place, value) in values.enumerated() {
                if place > 0 { text.append(",") }
                if let value { text.string(value.span) } else { text.append("true") }
            }
            if values.count > 1 { text.append("]") }
        }
        text.close()
    }
}
