// POST /config of a node without a database: a declarative document replaces the whole configuration.

import Schema
import Store

struct ConfigEndpoint: Sendable {
    let context: AdminContext
    let load: @Sendable (Dataset) async -> Void

    func add(to routes: inout RouteTable) {
        routes.add("/config", Endpoint(["POST": { await post($0) }]))
    }

    /// The document is the body itself, or text in its member `config`.
    private func post(_ call: AdminCall) async -> AdminAnswer {
        let reader = DeclarativeReader(context: context.validation)
        do throws(DeclarativeError) {
            let configuration = try read(call.body.members, reader)
            await context.writes.run { await load(configuration.dataset(context.catalog)) }
            return .created(configuration.json)
        } catch {
            return AdminAnswer(400, ["error": .string(error.text)])
        }
    }

    private func read(
        _ members: JSONObject, _ reader: DeclarativeReader
    ) throws(DeclarativeError) -> DeclarativeConfiguration {
        guard members["_format_version"] == nil, let text = members["config"] else {
            return try reader.read(document: .object(members))
        }
        guard let text = text.string else { throw .notATable }
        return try reader.read(text: text, named: "config.yml")
    }
}
