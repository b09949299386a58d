// The protocols Kong knows, of routes, services and plugins.

import Schema

package enum RouteProtocol: String, Choice {
    case http, https, tcp, tls
}
