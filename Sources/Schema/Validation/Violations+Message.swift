// Kong's one-line account of a schema violation: entity errors first, then fields by name, one level of nesting as
// "parent.child: text"; what lies deeper is printed as a Lua table over several lines.

extension Violations {
    /// "schema violation (...)" or "<n> schema violations (...; ...)".
    package var message: String {
        let parts = entity + fields.sorted { $0.key < $1.key }.flatMap { Self.parts($0.key, $0.value) }
        let title = parts.count == 1 ? "schema violation" : "\(parts.count) schema violations"
        return "\(title) (\(parts.joined(separator: "; ")))"
    }

    private static func parts(_ name: String, _ violation: Violation) -> [String] {
        switch violation {
        case .text(let text): ["\(name): \(text)"]
        case .list(let items):
            items.enumerated().compactMap { place, item in
                item.map { "\(name).\(place + 1): \(inner($0.json))" }
            }
        case .members(let violations):
            violations.fieldsJSON.map { "\(name).\($0.key): \(inner($0.value))" }
        }
    }

    private static func inner(_ json: JSON) -> String {
        json.string ?? LuaTable.block(json)
    }
}
