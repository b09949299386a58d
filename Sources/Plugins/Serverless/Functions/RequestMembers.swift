// A JSON object about a request for a function. Its texts are bytes of the request, which need not be UTF-8 and are
// passed on as they are.

import PluginKit
import Schema

/// Members in the order in which their names first came.
struct RequestMembers {
    enum Value {
        case text([UInt8])
        /// An argument without a value.
        case flag
        case list([Value])
        case json(JSON)
        case members(RequestMembers)
    }

    private var members: [(name: [UInt8], value: Value)] = []
    private var places: [[UInt8]: Int] = [:]

    init() {}

    /// The arguments of a query string or a form, as OpenResty reads them.
    init(arguments: [UInt8]) {
        QueryArguments.forEachVisible(in: arguments.span) { name, value in
            add(name, value.map { .text($0) } ?? .flag)
        }
    }

    /// Sets a member, in the place of one of that name.
    mutating func set(_ name: [UInt8], _ value: Value) {
        if let place = places[name] {
            members[place].value = value
        } else {
            places[name] = members.count
            members.append((name, value))
        }
    }

    mutating func set(_ name: StaticString, _ value: Value) {
        set(Array(name.description.utf8), value)
    }

    /// Adds a value beside others of that name.
    mutating func add(_ name: [UInt8], _ value: Value) {
        guard let place = places[name] else { return set(name, value) }
        if case .list(let values) = members[place].value {
            members[place].value = .list(values + [value])
        } else {
            members[place].value = .list([members[place].value, value])
        }
    }

    /// Takes over all members of another object, which win.
    mutating func merge(_ others: RequestMembers) {
        for (name, value) in others.members { set(name, value) }
    }

    var isEmpty: Bool { members.isEmpty }

    func write(to text: inout [UInt8]) {
        text.append(UInt8(ascii: "{"))
        for (place, (name, value)) in members.enumerated() {
            if place > 0 { text.append(UInt8(ascii: ",")) }
            JSON.write(name.span, to: &text)
            text.append(UInt8(ascii: ":"))
            value.write(to: &text)
        }
        text.append(UInt8(ascii: "}"))
    }
}

extension RequestMembers.Value {
    func write(to text: inout [UInt8]) {
        switch self {
        case .text(let bytes): JSON.write(bytes.span, to: &text)
        case .flag: text.append(contentsOf: "true".utf8)
        case .json(let json): json.write(to: &text)
        case .members(let members): members.write(to: &text)
        case .list(let values):
            text.append(UInt8(ascii: "["))
            for (place, value) in values.enumerated() {
                if place > 0 { text.append(UInt8(ascii: ",")) }
                value.write(to: &text)
            }
            text.append(UInt8(ascii: "]"))
        }
    }
}
