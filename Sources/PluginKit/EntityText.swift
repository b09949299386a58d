// An entity as log entries show it: without what is null. The text is made when the first entry needs it and kept for
// as long as that version of the entity is in force.

import Schema
import Synchronization

/// Keeps an entity's text once it is made.
package final class EntityText: Sendable {
    package let bytes: [UInt8]

    fileprivate init(_ row: JSONObject) {
        var bytes: [UInt8] = []
        row.withoutNulls.write(to: &bytes)
        self.bytes = bytes
    }
}

/// Where the text of one entity is kept.
struct EntityTextCache: ~Copyable, Sendable {
    private let made = AtomicLazyReference<EntityText>()

    /// Two event loops may make it at once; both get the one that was there first.
    borrowing func text(of row: JSONObject) -> EntityText {
        made.load() ?? made.storeIfNil(EntityText(row))
    }
}

extension JSONObject {
    /// The members that are not null, and of objects in them the same.
    fileprivate var withoutNulls: JSONObject {
        var kept = JSONObject()
        for (key, value) in self {
            switch value {
            case .null: break
            case .object(let members): kept[key] = .object(members.withoutNulls)
            default: kept[key] = value
            }
        }
        return kept
    }
}
