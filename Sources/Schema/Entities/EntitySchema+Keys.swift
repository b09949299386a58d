// The names of rows in URLs: an id, or a value of the entity's endpoint key.

extension EntitySchema {
    /// How a segment of a URL names a row.
    package enum RowName: Sendable, Hashable {
        case id(String)
        /// A value of the endpoint key, in the form it is stored in.
        case key(field: String, value: String)
    }

    /// Reads a segment of a URL (decoded). Errors have code 1 (no id, and the entity has no key) or 10 (no value the
    /// key can have).
    package func rowName(
        _ segment: String, in context: ValidationContext
    ) throws(EntityError) -> RowName {
        if UUIDText.isValid(segment), field("id") != nil { return .id(segment.lowercased()) }
        guard let endpointKey, let field = field(endpointKey) else {
            throw .invalidPrimaryKey(["id": "expected a valid UUID"])
        }
        let value = JSON.string(segment)
        if case .text(let text) = RecordValidator(context: context).violation(of: value, field) {
            throw .invalidUnique(endpointKey, text)
        }
        let stored = field.normalize?(value).string ?? segment
        return .key(field: endpointKey, value: stored)
    }

    /// The key under which a row is cached, `<entity>:<parts>` with five parts; foreign keys count by their id.
    package func cacheKey(of row: Row) -> String {
        let parts = cacheKey.map { name -> String in
            switch row[name] ?? .null {
            case .null: ""
            case .object(let reference): reference["id"]?.string ?? ""
            case let value: value.errorText
            }
        }
        let padding = Array(repeating: "", count: max(0, 5 - parts.count))
        return ([name] + parts + padding).joined(separator: ":")
    }

    /// Takes the write-only member `ttl` (seconds, 0 for ever) out of a body.
    package func takeTTL(from body: inout JSONObject) throws(EntityError) -> Int? {
        guard hasTTL, let value = body["ttl"] else { return nil }
        body["ttl"] = nil
        guard !value.isNull else { return nil }
        guard let ttl = value.integer, (0...100_000_000).contains(ttl) else {
            throw .invalidOptions(["ttl": "must be an integer between 0 and 100000000"])
        }
        return ttl
    }
}
