// Joins the path of the service and the rest of the request's path, by Kong 1.1's rules: nothing is decoded,
// normalised or put between the two; at most one slash of two is dropped.

/// How an upstream path is made, as two cuts: the first `baseCount` bytes of the service's path, the request path
/// from `pathStart` on, then the query as sent with its `?`. Writing them out is the caller's, without a copy between.
package struct UpstreamPath: Equatable, Sendable {
    package var baseCount: Int
    package var pathStart: Int

    /// - Parameters:
    ///   - base: the service's path, or `/` if it has none.
    ///   - path: the request path as sent, without the query.
    package init(base: Span<UInt8>, path: Span<UInt8>, match: RouteMatch, stripPath: Bool) {
        baseCount = base.count
        // A route without paths, and one that keeps them, leave out the first slash of the request path.
        let strips = stripPath && match.hasPath
        pathStart = min(strips ? match.pathEnd : 1, path.count)
        let slash = UInt8(ascii: "/")
        if stripPath, base.count > 0, base[base.count - 1] == slash, pathStart < path.count, path[pathStart] == slash {
            pathStart += 1
        }
    }

    /// Appends the whole upstream URI. `query` is the raw one with its `?`, a bare `?` included, or empty.
    package func append(
        to sink: inout [UInt8], base: Span<UInt8>, path: Span<UInt8>, query: Span<UInt8>
    ) {
        for position in 0..<baseCount { sink.append(base[position]) }
        for position in pathStart..<max(pathStart, path.count) { sink.append(path[position]) }
        for position in query.indices { sink.append(query[position]) }
    }
}
