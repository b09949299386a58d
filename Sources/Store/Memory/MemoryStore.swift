// `database = off`: the configuration is a declarative file or a `POST /config`, held in memory. Reads behave as in a
// database; the entities' endpoints cannot write, and a load replaces everything at once.

import Schema
import Synchronization

/// A store without a database.
package final class MemoryStore: Store {
    private let layouts: Layouts
    private let contents: Mutex<Contents>
    /// Held while a load is told to the listener, so that it hears loads in their order and readers need not wait.
    private let loading = Mutex<Void>(())
    private let listener: ChangeListener

    private struct Contents: Sendable {
        var dataset: Dataset
        /// The ids of each entity in the order of lists; sorted when first asked for.
        var sortedIDs: [String: [String]] = [:]

        mutating func ids(of entity: String) -> [String] {
            if let ids = sortedIDs[entity] { return ids }
            let ids = dataset.sortedIDs(of: entity)
            sortedIDs[entity] = ids
            return ids
        }
    }

    /// An empty store, as a node without a declarative file starts with.
    package init(catalog: Catalog, listener: @escaping ChangeListener) {
        let layouts = Layouts(catalog)
        self.layouts = layouts
        self.listener = listener
        contents = Mutex(Contents(dataset: Dataset(layouts: layouts, revision: 0)))
    }

    /// Replaces everything in one step. A reader sees all of the old rows or all of the new ones.
    package func replaceAll(with dataset: Dataset) {
        loading.withLock { _ in
            let next = contents.withLock { contents in
                let next = dataset.numbered(contents.dataset.revision + 1)
                contents = Contents(dataset: next)
                return next
            }
            listener(.replaced(next))
        }
    }

    package func apply(_ writes: [Write]) async throws(StoreError) -> Committed {
        if let first = writes.first { throw .unsupported(StoreError.Unsupported(first)) }
        let revision = contents.withLock { $0.dataset.revision }
        return Committed(revision: revision, effects: [], results: [])
    }

    package func loadAll() async throws(StoreError) -> Dataset {
        contents.withLock { $0.dataset }
    }

    package func reachable() async -> Bool { true }
}

// MARK: - Reads

extension MemoryStore {
    package func row(of entity: String, _ key: Key) async throws(StoreError) -> Row? {
        _ = try layouts.layout(of: entity)
        switch key {
        case .id(let id):
            return contents.withLock { $0.dataset.row(of: entity, id: id) }
        case .field(let name, let value):
            // Only the Admin API asks this, of at most some thousand declared rows: no index is kept.
            let (dataset, ids) = contents.withLock { ($0.dataset, $0.ids(of: entity)) }
            for id in ids {
                guard let row = dataset.row(of: entity, id: id), row[name]?.string == value else { continue }
                return row
            }
            return nil
        }
    }

    package func page(_ query: PageQuery) async throws(StoreError) -> Page {
        _ = try layouts.layout(of: query.entity)
        let (dataset, ids) = contents.withLock { ($0.dataset, $0.ids(of: query.entity)) }
        var position = try start(query.offset)
        var rows: [Row] = []
        while position < ids.count {
            guard let row = dataset.row(of: query.entity, id: ids[position]), query.admits(row) else {
                position += 1
                continue
            }
            if rows.count == query.size { return Page(rows: rows, offset: Offset.encode(position: position + 1)) }
            rows.append(row)
            position += 1
        }
        return Page(rows: rows, offset: nil)
    }

    package func tags(named name: String?, size: Int, offset: String?) async throws(StoreError) -> TagPage {
        let entries = contents.withLock { tagEntries(in: &$0, named: name) }
        let start = min(try start(offset), entries.count)
        let end = min(start + size, entries.count)
        let next = end < entries.count ? Offset.encode(position: end + 1) : nil
        return TagPage(entries: Array(entries[start..<end]), offset: next)
    }

    /// The index of the first row of a page.
    private func start(_ offset: String?) throws(StoreError) -> Int {
        guard let offset else { return 0 }
        return try Offset.position(of: offset) - 1
    }

    private func tagEntries(in contents: inout Contents, named name: String?) -> [TagEntry] {
        var entries: [TagEntry] = []
        for layout in layouts.all where layout.isTaggable {
            for id in contents.ids(of: layout.entity) {
                guard let row = contents.dataset.row(of: layout.entity, id: id) else { continue }
                for tag in layout.tags(of: row) where name == nil || tag == name {
                    entries.append(TagEntry(tag: tag, entity: layout.entity, id: id))
                }
            }
        }
        return entries.sorted { $0.id < $1.id }
    }
}

extension PageQuery {
    /// Whether a row passes the filters.
    fileprivate func admits(_ row: Row) -> Bool {
        if let parent, row[parent.field]?["id"]?.string != parent.id.lowercased() { return false }
        guard let tags else { return true }
        let own = Set((row[Layout.tags]?.array ?? []).compactMap(\.string))
        switch tags {
        case .all(let wanted): return wanted.allSatisfy(own.contains)
        case .any(let wanted): return wanted.contains(where: own.contains)
        }
    }
}
