// The tables behind the gateway's own series of requests; a node whose own series are off has none.

/// Requests by route and by consumer.
package struct NodeSubjects: Sendable {
    package let routes: SubjectTable
    package let consumers: SubjectTable

    /// - Parameter limit: how many routes, and how many consumers, are counted alone.
    package init(limit: Int, loops: Int = 1) {
        routes = SubjectTable(limit: limit, loops: loops)
        consumers = SubjectTable(limit: limit, loops: loops)
    }
}
