// What to do with a request that matched a route: its plugins and where it goes, all texts ready as bytes.

import NIOCore
import PluginKit

/// A route, compiled.
package final class RoutePlan: Sendable {
    package let route: RouteInfo
    /// Nil for a route without a service: the request then goes where it asks to go.
    package let service: ServicePlan?
    package let chain: Chain
    package let stripPath: Bool
    package let preserveHost: Bool
    /// Whether the route takes https but not http, so that plain requests are answered 426.
    package let requiresTLS: Bool
    /// Whether the route takes gRPC and nothing else.
    package let isGRPC: Bool

    package init(
        route: RouteInfo, service: ServicePlan?, chain: Chain, stripPath: Bool, preserveHost: Bool, requiresTLS: Bool,
        isGRPC: Bool = false
    ) {
        self.route = route
        self.service = service
        self.chain = chain
        self.stripPath = stripPath
        self.preserveHost = preserveHost
        self.requiresTLS = requiresTLS
        self.isGRPC = isGRPC
    }
}

/// A service, compiled.
package final class ServicePlan: Sendable {
    /// Nil for the service made up for a request to a route that has none.
    package let info: ServiceInfo?
    package let usesTLS: Bool
    /// Whether the upstream is spoken to in HTTP/2, as gRPC demands.
    package let speaksHTTP2: Bool
    /// The host to connect to: a name or an address.
    package let host: String
    package let port: Int
    /// The path the request's path is joined to; `/` where the service has none.
    package let path: [UInt8]
    /// `host`, with `:port` unless it is the protocol's own.
    package let hostHeader: [UInt8]
    /// The address, when the host is one; no name has to be resolved then.
    package let literal: SocketAddress?
    package let connectTimeoutMilliseconds: Int64
    package let writeTimeoutMilliseconds: Int64
    package let readTimeoutMilliseconds: Int64
    /// How often a failed attempt may be followed by another.
    package let retries: Int
    /// The upstream that `host` names, if it does: requests then go to its targets.
    package let upstream: UpstreamBalancer?

    package init(
        info: ServiceInfo?, usesTLS: Bool, host: String, port: Int, path: [UInt8],
        connectTimeoutMilliseconds: Int64 = 60_000, writeTimeoutMilliseconds: Int64 = 60_000,
        readTimeoutMilliseconds: Int64 = 60_000, retries: Int = 5, upstream: UpstreamBalancer? = nil,
        speaksHTTP2: Bool = false
    ) {
        self.info = info
        self.usesTLS = usesTLS
        self.speaksHTTP2 = speaksHTTP2
        self.host = host
        self.port = port
        self.path = path.isEmpty ? [UInt8(ascii: "/")] : path
        let own = port == (usesTLS ? 443 : 80)
        hostHeader = Array((own ? host : "\(host):\(port)").utf8)
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        literal = try? SocketAddress(ipAddress: bare, port: port)
        self.connectTimeoutMilliseconds = connectTimeoutMilliseconds
        self.writeTimeoutMilliseconds = writeTimeoutMilliseconds
        self.readTimeoutMilliseconds = readTimeoutMilliseconds
        self.retries = retries
        self.upstream = upstream
    }

    /// The same service with its host standing for that upstream, or for none.
    package func linked(to upstream: UpstreamBalancer?) -> ServicePlan {
        if self.upstream === upstream { return self }
        return ServicePlan(
            info: info, usesTLS: usesTLS, host: host, port: port, path: path,
            connectTimeoutMilliseconds: connectTimeoutMilliseconds,
            writeTimeoutMilliseconds: writeTimeoutMilliseconds, readTimeoutMilliseconds: readTimeoutMilliseconds,
            retries: retries, upstream: upstream, speaksHTTP2: speaksHTTP2)
    }

    /// The same service at another address.
    func changed(by change: UpstreamChange, _ upstreams: [String: UpstreamBalancer]) -> ServicePlan {
        let host = change.host ?? host
        return ServicePlan(
            info: info, usesTLS: change.usesTLS ?? usesTLS, host: host, port: change.port ?? port, path: path,
            connectTimeoutMilliseconds: connectTimeoutMilliseconds,
            writeTimeoutMilliseconds: writeTimeoutMilliseconds, readTimeoutMilliseconds: readTimeoutMilliseconds,
            retries: retries, upstream: upstreams[host], speaksHTTP2: speaksHTTP2)
    }

    /// The name for TLS SNI; an address has none (RFC 6066, section 3).
    var serverName: String? { literal == nil ? host : nil }
}
