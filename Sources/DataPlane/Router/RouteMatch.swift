// The router's answer: which route, and which part of the path its path criterion took.

/// A route that matched. Everything is a number: no answer of the router allocates.
package struct RouteMatch: Equatable, Sendable {
    /// Index into the rules the router was made of.
    package var route: Int
    /// Bytes of the request path that the matching path criterion took; 0 without one.
    package var pathEnd: Int
    /// Whether the route has paths at all. Without one, Kong takes the path without its first slash as the rest.
    package var hasPath: Bool
    /// Which regex matched, for `Router.captures`; -1 when the path was a plain prefix or there was none.
    package var regexIndex: Int

    package var isRegex: Bool { regexIndex >= 0 }

    package init(route: Int, pathEnd: Int = 0, hasPath: Bool = false, regexIndex: Int = -1) {
        self.route = route
        self.pathEnd = pathEnd
        self.hasPath = hasPath
        self.regexIndex = regexIndex
    }
}

/// A path that could not be used: its regex does not compile. The route goes on with its other paths.
package struct RouteFault: Equatable, Sendable {
    /// Index into the rules the router was made of.
    package var route: Int
    package var path: String
    /// The error text, as `RegexSyntax.fault` gives it.
    package var message: String
}
