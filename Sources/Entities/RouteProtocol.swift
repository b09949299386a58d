// The protocols of routes, services and plugins: Kong 1.1's, and gRPC, which Kong has since 1.3.

import Schema

package enum RouteProtocol: String, Choice {
    case http, https, tcp, tls, grpc, grpcs

    /// Whether requests of this protocol come to the HTTP listeners.
    package var isHTTP: Bool { self != .tcp && self != .tls }
    package var isGRPC: Bool { self == .grpc || self == .grpcs }
    /// Whether a service of this protocol is spoken to over TLS.
    package var isTLS: Bool { self == .https || self == .grpcs || self == .tls }

    /// What is refused is refused in Kong 1.1's words, which know nothing of gRPC.
    package static var impliedTraits: [Trait] {
        [.oneOf([http, https, tcp, tls].map(\.json), beside: [grpc, grpcs].map(\.json))]
    }
}
