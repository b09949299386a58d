// Directives for nginx that a Kong configuration may carry along, as nginx_http_* and the like.

import Schema

/// A directive that a property such as `nginx_proxy_keepalive_timeout` would add to one block of nginx's configuration.
package struct Directive: Sendable, Hashable {
    /// The blocks by the prefixes of their properties.
    package enum Block: String, Sendable, CaseIterable {
        case http = "nginx_http_"
        case proxy = "nginx_proxy_"
        case admin = "nginx_admin_"
        case stream = "nginx_stream_"
        case streamProxy = "nginx_sproxy_"
    }

    package let block: Block
    package let name: String
    package let value: String

    /// Nil when `property` is none of this kind.
    init?(property: String, value: String) {
        guard let block = Block.allCases.first(where: { property.hasPrefix($0.rawValue) }),
            property.count > block.rawValue.count
        else { return nil }
        self.block = block
        self.name = String(property.dropFirst(block.rawValue.count))
        self.value = value
    }

    package var property: String { block.rawValue + name }

    var json: JSON { ["name": .string(name), "value": .string(value)] }
}
