// The consumers and credentials of one snapshot. Everything is in memory: an unknown key is known to be unknown
// without asking a database.

/// Consumers by id and credentials by key.
package struct Directory: Sendable {
    /// Consumers by id (lower-case UUID text).
    package var consumers = ShardedTable<ConsumerInfo>()
    /// One table per kind of credential, in the order in which `CredentialKinds` numbered them.
    package var credentials: [ShardedTable<CredentialInfo>] = []
    /// One table per lookup of the plugins, in the order in which they were numbered.
    package var lookups: [ShardedTable<RowList>] = []

    package init() {}
}

/// Names one kind of credential; made by `Setup.credentials`, used with `Exchange.credential`.
package struct CredentialKind: Sendable {
    package let index: Int

    package init(index: Int) {
        self.index = index
    }
}
