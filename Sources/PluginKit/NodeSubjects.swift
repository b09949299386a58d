// The tables behind the gateway's own series of requests; a node whose own series are off has none.

/// Requests by route and by consumer.
package struct NodeSubjects: Sendable {
    package let routes: SubjectTable
    package let consumers: SubjectTable

    /// - Parameters:
    ///   - limit: how many routes, and how many consumers, are counted alone.
    ///   - before: what workers counted that had ended before this one began.
    package init(limit: Int, loops: Int = 1, before: Carryover = Carryover()) {
        routes = SubjectTable(limit: limit, loops: loops, before: before.routes)
        consumers = SubjectTable(limit: limit, loops: loops, before: before.consumers)
    }
}
