// The seam between the control plane and whatever keeps the configuration. SQLite and memory stand behind it here,
// PostgreSQL follows; nothing in it names SQL, files or threads, and everything may wait and may fail.

import Schema

/// Keeps the rows of every entity and tells of each change.
///
/// Rows go in validated and complete in the sense of their `EntitySchema`; what comes out has every declared field,
/// `null` where there is no value. Identifiers are lower-case UUIDs, however they were spelt on the way in.
/// Each implementation takes a `ChangeListener` when it is opened.
package protocol Store: Sendable {
    /// The row with this key, or nil. A field that is not unique gives its match with the smallest id.
    func row(of entity: String, _ key: Key) async throws(StoreError) -> Row?

    /// One page of an entity's rows in ascending order of the primary key.
    func page(_ query: PageQuery) async throws(StoreError) -> Page

    /// One page of `/tags` (`name` nil) or `/tags/{name}`: a line for each entity and tag, by entity id.
    func tags(named name: String?, size: Int, offset: String?) async throws(StoreError) -> TagPage

    /// Carries out all writes in their order in one serializable transaction, or none of them.
    ///
    /// When this returns, the change is durable and the listener has been told. A write that throws left no trace.
    func apply(_ writes: [Write]) async throws(StoreError) -> Committed

    /// The same, but returns as soon as the change is durable: reads of this store see it, the listener need not have
    /// been told.
    func commit(_ writes: [Write]) async throws(StoreError) -> Pending

    /// Every row, as of one instant. Changes the listener hears with a revision up to the data set's are in it.
    func loadAll() async throws(StoreError) -> Dataset

    /// Whether a read would work now (`GET /status`).
    func reachable() async -> Bool
}

extension Store {
    package func commit(_ writes: [Write]) async throws(StoreError) -> Pending {
        Pending(try await apply(writes))
    }

    /// All rows of an entity that refer to one parent, page by page. Not one instant's view when there is more than
    /// one page, and not for entities without a bound on how many children a parent has.
    package func children(of parent: ParentFilter, in entity: String) async throws(StoreError) -> [Row] {
        var query = PageQuery(entity: entity, size: PageQuery.sizeMax, parent: parent)
        var rows: [Row] = []
        repeat {
            let page = try await page(query)
            rows += page.rows
            query.offset = page.offset
        } while query.offset != nil
        return rows
    }
}
