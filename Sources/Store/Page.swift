// Lists in pages, as the Admin API shows them: ascending primary key, an opaque offset, filters by parent and by tags.

import Schema

/// Asks for one page.
package struct PageQuery: Sendable {
    /// What Kong lists when no size is given, and the most it gives.
    package static let sizeDefault = 100
    package static let sizeMax = 1000

    package var entity: String
    /// Rows in the page, from 1; the caller has checked it against `sizeMax`.
    package var size: Int
    /// `Page.offset` of the page before, nil for the first.
    package var offset: String?
    package var parent: ParentFilter?
    package var tags: TagFilter?

    package init(
        entity: String, size: Int = sizeDefault, offset: String? = nil, parent: ParentFilter? = nil,
        tags: TagFilter? = nil
    ) {
        self.entity = entity
        self.size = size
        self.offset = offset
        self.parent = parent
        self.tags = tags
    }
}

/// Rows whose foreign field refers to this id (`/services/{id}/routes`).
package struct ParentFilter: Sendable, Hashable {
    package let field: String
    package let id: String

    package init(field: String, id: String) {
        self.field = field
        self.id = id
    }
}

/// Rows that carry these tags.
package enum TagFilter: Sendable, Hashable {
    /// `?tags=a,b`
    case all([String])
    /// `?tags=a/b`
    case any([String])
}

/// One page of rows.
package struct Page: Sendable {
    package let rows: [Row]
    /// Where the next page starts; nil when this is the last. Only the store that made it understands it.
    package let offset: String?

    package init(rows: [Row], offset: String?) {
        self.rows = rows
        self.offset = offset
    }
}

/// One line of `/tags`: this entity carries this tag.
package struct TagEntry: Sendable, Hashable {
    package let tag: String
    package let entity: String
    package let id: String

    package init(tag: String, entity: String, id: String) {
        self.tag = tag
        self.entity = entity
        self.id = id
    }
}

/// One page of `/tags`.
package struct TagPage: Sendable {
    package let entries: [TagEntry]
    package let offset: String?

    package init(entries: [TagEntry], offset: String?) {
        self.entries = entries
        self.offset = offset
    }
}
