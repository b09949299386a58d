// How a difference is told: to people in lines, to programs as JSON.

import Schema

extension DeclarativeDifference {
    /// A line for each row, one for each of its values, and a sum.
    package var lines: [String] {
        entries.flatMap(\.lines) + [summary]
    }

    private var summary: String {
        let sums = [
            "\(createdCount) to create", "\(entries.count - createdCount) to change", "\(equalCount) as they are",
            "\(keptCount) only in the database",
        ]
        return sums.joined(separator: ", ")
    }

    private var createdCount: Int { entries.count { $0.id == nil } }

    package var json: JSON {
        [
            "create": .array(entries.filter { $0.id == nil }.map(\.json)),
            "change": .array(entries.filter { $0.id != nil }.map(\.json)),
            "equal": .number(Double(equalCount)),
            "only_in_database": .number(Double(keptCount)),
        ]
    }
}

extension DeclarativeDifference.Entry {
    fileprivate var lines: [String] {
        let title = ([id == nil ? "+" : "~", entity] + [name, id].compactMap(\.self)).joined(separator: " ")
        return [title] + changes.map { "    " + $0.line }
    }

    fileprivate var json: JSON {
        var object: JSONObject = ["entity": .string(entity)]
        if let id { object["id"] = .string(id) }
        if let name { object["name"] = .string(name) }
        if id != nil { object["fields"] = .array(changes.map(\.json)) }
        return .object(object)
    }
}
