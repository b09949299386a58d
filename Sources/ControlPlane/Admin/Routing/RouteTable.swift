// Finds the endpoint of a path. A tree by segment, in which a literal name goes before a parameter:
// /plugins/enabled is no plugin. A trailing slash makes no difference, as in Kong.

struct RouteTable: Sendable {
    private struct Node: Sendable {
        var literals: [String: Node] = [:]
        var parameter: [Node] = []
        var endpoint: Endpoint?
    }

    /// What a path leads to, with the segments its parameters stand for in order.
    struct Match: Sendable {
        let endpoint: Endpoint
        let captures: [PathSegment]
    }

    private var root = Node()

    /// Adds an endpoint under a pattern whose parameters are written `:`; one that is there already is replaced.
    mutating func add(_ pattern: String, _ endpoint: Endpoint) {
        Self.insert(endpoint, Self.segments(of: pattern)[...], into: &root)
    }

    /// The endpoint added under exactly this pattern.
    subscript(pattern: String) -> Endpoint? {
        var node: Node? = root
        for segment in Self.segments(of: pattern) {
            node = segment == ":" ? node?.parameter.first : node?.literals[String(segment)]
        }
        return node?.endpoint
    }

    /// The endpoint of a raw path.
    func match(_ path: some StringProtocol) -> Match? {
        guard path.hasPrefix("/") else { return nil }
        var segments = Self.segments(of: path)
        if let found = match(segments) { return found }
        guard segments.count > 1, segments.last?.isEmpty == true else { return nil }
        segments.removeLast()
        return match(segments)
    }

    private func match(_ segments: [Substring]) -> Match? {
        var captures: [PathSegment] = []
        guard let endpoint = Self.find(segments[...], in: root, &captures) else { return nil }
        return Match(endpoint: endpoint, captures: captures)
    }

    /// "/" is one empty segment, "/services/" are two.
    private static func segments(of path: some StringProtocol) -> [Substring] {
        Substring(path).dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    }

    private static func insert(_ endpoint: Endpoint, _ segments: ArraySlice<Substring>, into node: inout Node) {
        guard let segment = segments.first else {
            node.endpoint = endpoint
            return
        }
        if segment == ":" {
            if node.parameter.isEmpty { node.parameter.append(Node()) }
            insert(endpoint, segments.dropFirst(), into: &node.parameter[0])
        } else {
            insert(endpoint, segments.dropFirst(), into: &node.literals[String(segment), default: Node()])
        }
    }

    private static func find(
        _ segments: ArraySlice<Substring>, in node: Node, _ captures: inout [PathSegment]
    ) -> Endpoint? {
        guard let segment = segments.first else { return node.endpoint }
        if let next = node.literals[String(segment)], let found = find(segments.dropFirst(), in: next, &captures) {
            return found
        }
        guard !segment.isEmpty, let next = node.parameter.first else { return nil }
        captures.append(PathSegment(segment))
        if let found = find(segments.dropFirst(), in: next, &captures) { return found }
        captures.removeLast()
        return nil
    }
}
