// The object `configuration` of `GET /`: the resolved settings, as managers such as Konga read them.

import Schema

extension Settings {
    package var configuration: JSON {
        var object = JSONObject()
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            object[name] = Property.byName[name]?.isSensitive == true ? "******" : value.json
        }
        for directive in directives { object[directive.property] = .string(directive.value) }
        for (name, path) in paths.named { object[name] = .string(path) }
        object.merge(derived)
        return .object(object)
    }

    private var derived: JSONObject {
        var object = JSONObject()
        object["loaded_plugins"] = .object(JSONObject(plugins.sorted().map { ($0, JSON.bool(true)) }))
        let enabled = enabledHeaders
        object["enabled_headers"] = .object(
            JSONObject(Self.headerNames.map { ($0, JSON.bool(enabled.contains($0))) }))
        object["proxy_listeners"] = Self.list(proxyListeners.map(\.json))
        object["admin_listeners"] = Self.list(adminListeners.map(\.json))
        object["stream_listeners"] = Self.list(streamListeners.map(\.json))
        object["proxy_ssl_enabled"] = .bool(proxyListeners.contains(where: \.ssl))
        object["admin_ssl_enabled"] = .bool(adminListeners.contains(where: \.ssl))
        for block in Directive.Block.allCases {
            object[block.rawValue + "directives"] = Self.list(directives.filter { $0.block == block }.map(\.json))
        }
        return object
    }

    /// An empty list is an empty object in Kong's answers.
    private static func list(_ items: [JSON]) -> JSON { items.isEmpty ? .object([:]) : .array(items) }
}
