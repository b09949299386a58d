// GET /tags and /tags/:tag: which entities carry which tags. They are read from all entities and written
// through those; Kong refuses writes here with a schema violation.

import Schema
import Store

struct TagEndpoints: Sendable {
    let context: AdminContext

    func add(to routes: inout RouteTable) {
        routes.add("/tags", Endpoint(["GET": { try await list($0, tag: nil) }, "POST": refusal("insert")]))
        routes.add(
            "/tags/:",
            Endpoint([
                "GET": { call in
                    // Unlike every other segment, the tag is taken as it stands in the path.
                    let tag = call.captures[0].raw
                    guard TagFilterSyntax.isTag(tag) else {
                        throw EntityError.invalidUnique("tag", "invalid value: \(tag)")
                    }
                    return try await list(call, tag: tag)
                },
                "PUT": refusal("upsert"), "PATCH": refusal("update"), "DELETE": refusal("delete"),
            ]))
    }

    private func list(_ call: AdminCall, tag: String?) async throws -> AdminAnswer {
        let arguments = try PageArguments(call.query, isTaggable: false)
        let page = try await context.store.tags(named: tag, size: arguments.size, offset: arguments.offset)
        let rows = page.entries.map { entry -> JSON in
            ["tag": .string(entry.tag), "entity_name": .string(entry.entity), "entity_id": .string(entry.id)]
        }
        return .page(rows, next: page.offset, path: tag.map { "/tags/\($0)" } ?? "/tags")
    }

    private func refusal(_ operation: String) -> Endpoint.Handler {
        { _ in throw EntityError(Violations(field: "tags", "does not support \(operation) operations")) }
    }
}
