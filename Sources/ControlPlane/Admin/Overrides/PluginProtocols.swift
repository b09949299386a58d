// The protocols of a plugin must be among those of its route, or of one of the routes of its service: else it could
// never run.

import Schema
import Store

enum PluginProtocols {
    /// Only protocols that are given are compared: a new plugin's default fits everywhere.
    static func check(_ row: Row, _ context: AdminContext) async throws {
        guard let protocols = row["protocols"]?.array else { return }
        if let id = row.reference("route"), let route = try await context.store.row(of: "routes", .id(id)) {
            guard overlaps(route, protocols) else { throw violation("must match the associated route's protocols") }
        }
        if let id = row.reference("service") {
            let routes = try await context.store.children(of: ParentFilter(field: "service", id: id), in: "routes")
            guard routes.isEmpty || routes.contains(where: { overlaps($0, protocols) }) else {
                throw violation("must match the protocols of at least one route pointing to this Plugin's service")
            }
        }
    }

    private static func overlaps(_ route: Row, _ protocols: [JSON]) -> Bool {
        route["protocols"]?.array?.contains { protocols.contains($0) } ?? true
    }

    private static func violation(_ text: String) -> EntityError {
        EntityError(Violations(field: "protocols", text))
    }
}
