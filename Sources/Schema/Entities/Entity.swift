// The declaration of an entity: a record that has a table, a collection in the Admin API and a place in declarative
// files.

/// A record of its own table.
package protocol Entity: Declared {
    /// The name of the table and of the collection, e.g. "services".
    static var name: String { get }

    /// The unique field that can stand for the id in URLs; nil when there is none.
    static var endpointKey: String? { get }

    /// The fields whose values make up the key of a cached row.
    static var cacheKey: [String] { get }

    /// Groups of fields that are unique together.
    static var uniqueTogether: [[String]] { get }

    /// Rows can expire.
    static var hasTTL: Bool { get }

    static var access: EntityAccess { get }

    /// Write-only members that stand for several fields.
    static var shorthands: [Shorthand] { get }

    /// A last change to a valid row before it is stored.
    /// - Parameter given: The members the client sent, in an update those that are not stored already.
    static func finish(_ row: inout Row, given: JSONObject, in context: ValidationContext)
}

extension Entity {
    package static var endpointKey: String? { nil }
    package static var cacheKey: [String] { ["id"] }
    package static var uniqueTogether: [[String]] { [] }
    package static var hasTTL: Bool { false }
    package static var access: EntityAccess { .full }
    package static var shorthands: [Shorthand] { [] }
    package static func finish(_ row: inout Row, given: JSONObject, in context: ValidationContext) {}

    /// The erased declaration. It is built anew each time: `Catalog` keeps it.
    package static var entitySchema: EntitySchema { EntitySchema(Self.self) }
}

/// What the Admin API offers for an entity.
package enum EntityAccess: Sendable {
    case full
    /// Only lists and single rows are read: tags.
    case readOnly
    /// No endpoints at all.
    case hidden
}

/// A write-only member of a body that is replaced by other members, e.g. a service's `url`.
package struct Shorthand: Sendable {
    package let name: String
    /// The members it stands for; they win over those given alongside.
    package let expand: @Sendable (JSON) -> JSONObject

    package init(_ name: String, expand: @escaping @Sendable (JSON) -> JSONObject) {
        self.name = name
        self.expand = expand
    }
}
