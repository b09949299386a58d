// Who the client is, and what was found for the request.

import PluginKit
import Schema

extension FunctionHost {
    static let identities: [(name: String, body: Native)] = [
        ("route", { _, x, _, reply in add(x.route?.row, &reply) }),
        ("service", { _, x, _, reply in add(x.service?.row, &reply) }),
        ("consumer", { _, x, _, reply in add(x.consumer?.row, &reply) }),
        ("credential", { _, x, _, reply in add(x.credential?.row, &reply) }),
        (
            "identify",
            { _, x, arguments, _ in
                x.identify(
                    consumer(row(arguments.bytes(0)), x), credential(row(arguments.bytes(1))))
            }
        ),
    ]

    private static func add(_ row: JSONObject?, _ reply: inout LuaReply) {
        if let row { reply.add(row) } else { reply.addNil() }
    }

    private static func row(_ json: [UInt8]?) -> JSONObject? {
        json.flatMap { try? JSON(parsing: $0) }?.object
    }

    /// The stored consumer with that id, or one that a function made up.
    private static func consumer(_ row: JSONObject?, _ x: Exchange) -> ConsumerInfo? {
        guard let row else { return nil }
        let id = Array((row["id"]?.string ?? "").utf8)
        if let known = x.directory.consumers.find(id) { return known }
        return ConsumerInfo(
            id: id, username: row["username"]?.string.map { Array($0.utf8) },
            customID: row["custom_id"]?.string.map { Array($0.utf8) }, row: row)
    }

    private static func credential(_ row: JSONObject?) -> CredentialInfo? {
        guard let row else { return nil }
        let consumer = row["consumer"]?["id"]?.string ?? row["consumer_id"]?.string ?? ""
        return CredentialInfo(
            id: Array((row["id"]?.string ?? "").utf8), consumerID: Array(consumer.utf8),
            username: row["username"]?.string.map { Array($0.utf8) }, row: row)
    }
}
