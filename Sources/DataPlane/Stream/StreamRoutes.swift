// What a snapshot knows of streams: the router for routes of protocol tcp and tls, and what to do with each.

import PluginKit

/// A route for streams, compiled.
package final class StreamPlan: Sendable {
    package let route: RouteInfo
    /// Nil without a service of protocol tcp or tls: the stream goes on to where it was headed (transparent proxying).
    package let service: ServicePlan?
    /// Whether the route takes tls: a stream that begins with a handshake for a name is decrypted here. One for a route
    /// that takes tcp only goes through as it is.
    package let terminatesTLS: Bool
    /// A plugin of this route or service that would have to look at requests: nothing may pass it by.
    package let guardingPlugin: String?

    package init(route: RouteInfo, service: ServicePlan?, terminatesTLS: Bool, guardingPlugin: String? = nil) {
        self.route = route
        self.service = service
        self.terminatesTLS = terminatesTLS
        self.guardingPlugin = guardingPlugin
    }
}

/// The routes for streams.
package struct StreamRoutes: Sendable {
    package let router: Router
    /// By the index that the router returns.
    package let plans: [StreamPlan]
    /// Whether any route asks for a server name.
    let usesServerNames: Bool

    package init(_ routes: [(rule: RouteRule, plan: StreamPlan)] = []) {
        router = Router(routes.map(\.rule), subsystem: .stream)
        plans = routes.map(\.plan)
        usesServerNames = routes.contains { !$0.rule.snis.isEmpty }
    }

    /// The route for a connection.
    ///
    /// - Parameter serverName: the name in the TLS handshake that it begins with.
    func plan(
        serverName: [UInt8]?, source: PeerAddress?, destination: PeerAddress?, _ scratch: RouterScratch
    ) -> StreamPlan? {
        let none: [UInt8] = []
        let found: RouteMatch?
        if let serverName {
            found = router.match(
                method: none.span, host: none.span, path: none.span, sni: serverName.span, source: source,
                destination: destination, scratch: scratch)
        } else {
            found = router.match(
                method: none.span, host: none.span, path: none.span, sni: nil, source: source,
                destination: destination, scratch: scratch)
        }
        return found.map { plans[$0.route] }
    }
}
