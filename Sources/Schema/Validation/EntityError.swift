// The numbered errors of Kong's data layer in one table: number, name, HTTP status and the texts. The stores and the
// Admin API raise them; clients know them by their numbers.

/// An error that the Admin API answers with a JSON object.
package struct EntityError: Error, Sendable, Hashable {
    package enum Code: Int, Sendable {
        case invalidPrimaryKey = 1
        case schemaViolation = 2
        case primaryKeyViolation = 3
        case foreignKeyViolation = 4
        case uniqueViolation = 5
        case notFound = 6
        case invalidOffset = 7
        case databaseError = 8
        case invalidSize = 9
        case invalidUnique = 10
        case invalidOptions = 11
        case operationUnsupported = 12

        /// The status of the answer.
        package var status: Int {
            switch self {
            case .uniqueViolation: 409
            case .notFound: 404
            case .operationUnsupported: 405
            case .databaseError: 500
            default: 400
            }
        }
    }

    package let code: Code
    package let name: String
    package let message: String
    /// What the error is about; nil when the answer has no such member.
    package let fields: JSONObject?

    /// The HTTP status of the answer.
    package var status: Int { code.status }

    /// The body of the answer. Details of a database error are for the log only.
    package var json: JSON {
        guard code != .databaseError else { return ["message": "An unexpected error occurred"] }
        var object: JSONObject = ["code": code.rawValue.json, "name": .string(name), "message": .string(message)]
        if let fields { object[code == .invalidOptions ? "options" : "fields"] = .object(fields) }
        return .object(object)
    }

    private init(_ code: Code, _ name: String, _ message: String, _ fields: JSONObject? = nil) {
        self.code = code
        self.name = name
        self.message = message
        self.fields = fields
    }
}

extension EntityError {
    package init(_ violations: Violations) {
        self.init(.schemaViolation, "schema violation", violations.message, violations.fieldsJSON)
    }

    /// The id in the URL is none: `fields` says why, e.g. `{"id": "expected a valid UUID"}`.
    package static func invalidPrimaryKey(_ fields: JSONObject) -> EntityError {
        let text = LuaTable.line(.object(fields))
        return EntityError(.invalidPrimaryKey, "invalid primary key", "invalid primary key: '\(text)'", fields)
    }

    /// The id is taken.
    package static func primaryKeyViolation(id: String) -> EntityError {
        let key: JSONObject = ["id": .string(id)]
        let text = LuaTable.line(.object(key))
        return EntityError(
            .primaryKeyViolation, "primary key violation", "primary key violation on key '\(text)'", key)
    }

    /// An id that is null and not simply absent: Kong lets PostgreSQL refuse it.
    package static let nullPrimaryKey = EntityError(
        .primaryKeyViolation, "primary key violation",
        #"primary key violation on key '{id="userdata: NULL"}'"#, ["id": .null])

    /// A foreign key points nowhere.
    package static func missingReference(field: String, id: String, entity: String) -> EntityError {
        let key: JSON = ["id": .string(id)]
        return EntityError(
            .foreignKeyViolation, "foreign key violation",
            "the foreign key '\(LuaTable.line(key))' does not reference an existing '\(entity)' entity.",
            JSONObject([(field, key)]))
    }

    /// The row cannot be deleted because others refer to it.
    package static func stillReferenced(entity: String, by referrer: String) -> EntityError {
        EntityError(
            .foreignKeyViolation, "foreign key violation",
            "an existing '\(referrer)' entity references this '\(entity)' entity",
            ["@referenced_by": .string(referrer)])
    }

    /// The values of a unique field, or of fields that are unique together, are taken.
    package static func uniqueViolation(_ fields: JSONObject) -> EntityError {
        let text = LuaTable.line(.object(fields))
        return EntityError(
            .uniqueViolation, "unique constraint violation", "UNIQUE violation detected on '\(text)'", fields)
    }

    /// No row with this id.
    package static func notFound(id: String) -> EntityError {
        let key: JSONObject = ["id": .string(id)]
        let text = LuaTable.line(.object(key))
        return EntityError(
            .notFound, "not found", "could not find the entity with primary key '\(text)'", key)
    }

    /// No row with this value of its endpoint key.
    package static func notFound(_ field: String, _ value: JSON) -> EntityError {
        let key = JSONObject([(field, value)])
        let text = LuaTable.line(.object(key))
        return EntityError(.notFound, "not found", "could not find the entity with '\(text)'", key)
    }

    /// - Parameter reason: "bad base64 encoding", "bad json encoding" or "invalid offset".
    package static func invalidOffset(_ offset: String, _ reason: String) -> EntityError {
        EntityError(.invalidOffset, "invalid offset", "'\(offset)' is not a valid offset: \(reason)")
    }

    package static func databaseError(_ detail: String) -> EntityError {
        EntityError(.databaseError, "database error", detail)
    }

    /// - Parameter message: "size must be a number" or "size must be an integer between 1 and 1000".
    package static func invalidSize(_ message: String) -> EntityError {
        EntityError(.invalidSize, "invalid size", message)
    }

    /// The value in the URL is none that the field can have.
    package static func invalidUnique(_ field: String, _ message: String) -> EntityError {
        EntityError(.invalidUnique, "invalid unique \(field)", message)
    }

    /// Errors of query options by name, e.g. `{"tags": "invalid filter syntax"}`.
    package static func invalidOptions(_ options: JSONObject) -> EntityError {
        let parts = options.map { "\($0.key): \($0.value.errorText)" }.joined(separator: "; ")
        let title = options.count == 1 ? "invalid option" : "\(options.count) option violations"
        return EntityError(.invalidOptions, "invalid options", "\(title) (\(parts))", options)
    }

    package static func operationUnsupported(_ message: String) -> EntityError {
        EntityError(.operationUnsupported, "operation unsupported", message)
    }

    /// A write to a node without a database.
    /// - Parameters:
    ///   - verb: "create", "update", "create or update" or "remove".
    ///   - field: The endpoint key, when the row was named by it.
    package static func withoutDatabase(_ verb: String, _ entity: String, by field: String? = nil) -> EntityError {
        let way = field.map { " by '\($0)'" } ?? ""
        return operationUnsupported("cannot \(verb) '\(entity)' entities\(way) when not using a database")
    }
}
