// The health of a target that somebody set by hand on one node, on its way to the others. It is stored nowhere: a node
// that starts later does not know of it.

import Schema

/// One target's health.
package struct TargetHealth: Sendable, Hashable {
    /// The upstream's name.
    package let upstream: String
    /// Host and port as stored.
    package let target: String
    package let isHealthy: Bool

    package init(upstream: String, target: String, isHealthy: Bool) {
        self.upstream = upstream
        self.target = target
        self.isHealthy = isHealthy
    }

    /// Reads Kong's `<host>|<port>|<1 or 0>|<upstream id>|<upstream name>`. The id counts, the name may be missing.
    init?(_ message: String, _ dataset: Dataset) {
        let parts = message.split(separator: "|", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[2] == "1" || parts[2] == "0",
            let name = dataset.row(of: "upstreams", id: String(parts[3]))?["name"]?.string
        else { return nil }
        self.init(upstream: name, target: "\(parts[0]):\(parts[1])", isHealthy: parts[2] == "1")
    }

    /// Nil for an upstream that is not there.
    func message(_ dataset: Dataset) -> String? {
        guard let colon = target.lastIndex(of: ":"),
            let id = dataset.rows(of: "upstreams").first(where: { $0["name"]?.string == upstream })?["id"]?.string
        else { return nil }
        return "\(target[..<colon])|\(target[target.index(after: colon)...])|\(isHealthy ? 1 : 0)|\(id)|\(upstream)"
    }
}
