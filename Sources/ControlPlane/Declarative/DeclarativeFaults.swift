// What is wrong with an object of a declarative document, and its rendering as Kong's indented lines.
// The whole document is such an object.

import Schema

/// What is wrong with the members of an object, in the order in which it is told.
struct DeclarativeFaults: Sendable, Equatable {
    private var members: [(name: String, fault: DeclarativeFault)] = []

    init() {}

    /// The errors of a row. Kong's order is chance; here errors of the whole come first, then those of what is
    /// there, then what is missing, then what does not belong.
    init(_ violations: Violations) {
        if !violations.entity.isEmpty {
            let entries = violations.entity.enumerated().map {
                DeclarativeFault.Entry(number: $0 + 1, fault: .text($1))
            }
            members.append(("@entity", .entries(entries)))
        }
        let fields = violations.fields.sorted { ($0.value.rank, $0.key) < ($1.value.rank, $1.key) }
        members += fields.compactMap { field in DeclarativeFault(field.value).map { (field.key, $0) } }
    }

    var isEmpty: Bool { members.isEmpty }

    mutating func add(_ name: String, _ fault: DeclarativeFault) {
        members.append((name, fault))
    }

    mutating func add(_ name: String, _ text: String) {
        add(name, .text(text))
    }

    /// Adds one more text under a name of an entity's row: references that lead nowhere.
    mutating func append(_ text: String, under name: String, of entity: String) {
        var inner = DeclarativeFaults()
        let place = members.firstIndex { $0.name == entity }
        if let place, case .members(let known) = members[place].fault { inner = known }
        inner.append(text, under: name)
        if let place {
            members[place].fault = .members(inner)
        } else {
            add(entity, .members(inner))
        }
    }

    private mutating func append(_ text: String, under name: String) {
        guard let place = members.firstIndex(where: { $0.name == name }),
            case .entries(let known) = members[place].fault
        else { return add(name, .entries([.init(number: 1, fault: .text(text))])) }
        members[place].fault = .entries(known + [.init(number: known.count + 1, fault: .text(text))])
    }

    /// The lines as Kong prints them.
    var text: String { lines(indent: "").joined(separator: "\n") }

    private func lines(indent: String) -> [String] {
        members.flatMap { Self.lines("\(indent)in '\($0.name)':", $0.name, $0.fault, indent: indent + "  ") }
    }

    private static func lines(
        _ title: String, _ name: String, _ fault: DeclarativeFault, indent: String
    ) -> [String] {
        switch fault {
        case .text(let text): ["\(title) \(text)"]
        case .members(let inner): [title] + inner.lines(indent: indent)
        case .entries(let entries):
            [title]
                + entries.flatMap {
                    lines(
                        "\(indent)- in entry \($0.number) of '\(name)':", name, $0.fault, indent: indent + "  ")
                }
        }
    }

    static func == (one: DeclarativeFaults, other: DeclarativeFaults) -> Bool {
        one.members.elementsEqual(other.members) { $0.name == $1.name && $0.fault == $1.fault }
    }
}

extension Violation {
    fileprivate var rank: Int {
        switch self {
        case .text("required field missing"): 1
        case .text("unknown field"): 2
        default: 0
        }
    }
}
