// GET /consumers?custom_id=x looks a consumer up; it is the one list that filters by a field.

import Schema
import Store

struct ConsumerEndpoints: Sendable {
    let consumers: EntityCollection

    func add(to routes: inout RouteTable) {
        var endpoint = CollectionEndpoints(collection: consumers).entities
        let list = endpoint.handlers["GET"]
        endpoint.handlers["GET"] = { call in
            guard let customID = call.query.first("custom_id")?.value else {
                return try await list?(call) ?? .methodNotAllowed
            }
            let row = try await consumers.find(.field("custom_id", customID))
            return .page(row.map { [consumers.shown($0)] } ?? [], next: nil, path: "")
        }
        routes.add("/consumers", endpoint)
    }
}
