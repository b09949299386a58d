// A router with its working memory, asked with texts.

import DataPlane

struct RouterHarness {
    let router: Router
    private let scratch: RouterScratch

    init(_ rules: [RouteRule], scratch: RouterScratch = RouterScratch(), reusing previous: Router? = nil) {
        router = Router(rules, reusing: previous)
        self.scratch = scratch
    }

    func match(path: String) -> RouteMatch? { match("GET", "", path) }

    func match(host: String) -> RouteMatch? { match("GET", host) }

    func match(_ method: String = "GET", _ host: String = "", _ path: String = "/", sni: String? = nil) -> RouteMatch? {
        match(ReferenceRouter.Request(method: method, host: host, path: path, sni: sni, source: nil))
    }

    func match(_ request: ReferenceRouter.Request) -> RouteMatch? {
        let (method, host, path) = (
            [UInt8](request.method.utf8), [UInt8](request.host.utf8), [UInt8](request.path.utf8)
        )
        let sni = request.sni.map { [UInt8]($0.utf8) }
        let source = request.source.flatMap { end in IPAddress(end.ip).map { PeerAddress($0, port: end.port) } }
        guard let sni else {
            return router.match(
                method: method.span, host: host.span, path: path.span, sni: nil, source: source, scratch: scratch)
        }
        return router.match(
            method: method.span, host: host.span, path: path.span, sni: sni.span, source: source, scratch: scratch)
    }
}
