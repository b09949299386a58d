// First stage: a request's head becomes a decision where the request goes.

import NIOCore
import PluginKit
import Wire

extension ClientConnection {
    /// Reads a head from the bytes that are there and starts its request.
    func readHead() {
        let request = exchange.request
        guard request.bytes.readableBytes > 0 else { return }
        if isWaiting {
            leaveWaiting()
            loop.timers.arm(timer, afterMilliseconds: limits.headMilliseconds)
        }
        let buffer = request.bytes
        switch request.head.parse(buffer.readableBytesUInt8Span, limits: limits.head) {
        case .needMore: holdReads(false)
        case .invalid(let fault): refuseMalformed(fault)
        case .complete: beginRequest()
        }
    }

    private func beginRequest() {
        let request = exchange.request
        timer.cancel()
        exchange.requestNumber += 1
        loop.statistics.requests.bump()
        exchange.startedAtMilliseconds = loop.clock.nowMilliseconds()
        exchange.nowMilliseconds = exchange.startedAtMilliseconds
        cursor = request.head.byteCount
        body = RequestBodyReader(request.head.framing)
        keepsAlive = request.head.keepAlive && takesMoreRequests
        phase = .deciding
        if refusesAsPlain {
            keepsAlive = false
            return refuse(400)
        }
        switch listener.role {
        case .proxy: route()
        case .local: beginLocal()
        }
    }

    /// nginx checks a head's framing and path before Kong sees the request.
    private func route() {
        let request = exchange.request
        snapshot = loop.currentSnapshot()
        exchange.directory = snapshot.directory
        chain = snapshot.globalChain
        let buffer = request.bytes
        let head = buffer.readableBytesUInt8Span
        if limits.requestBodyBytes > 0, case .length(let count) = request.head.framing, count > limits.requestBodyBytes
        {
            return refuseLargeBody(count)
        }
        if facts.isTrusted { findRealAddress(head) }
        guard
            let found = snapshot.router.match(
                method: head.extracting(request.head.methodSlice.range),
                host: head.extracting(request.head.host?.range ?? 0..<0),
                path: head.extracting(request.head.path.range), sni: nil, scratch: loop.routerScratch)
        else {
            return respond(.noRoute)
        }
        match = found
        take(snapshot.routes[found.route])
    }

    private func take(_ plan: RoutePlan) {
        if exchange.request.head.hasDebug { addDebugHeaders(plan) }
        if plan.isGRPC, let refusal = GRPC.refusal(of: exchange.request) { return respond(refusal) }
        // As in Kong, before the route counts for anything: only global plugins see the answer.
        if plan.requiresTLS, !isForwardedAsTLS { return respond(.useTLS) }
        self.plan = plan
        service = plan.service
        chain = plan.chain
        exchange.route = plan.route
        exchange.service = plan.service?.info
        if chain.readsBody, !body.isComplete { return startCollecting(then: .runPlugins) }
        runPlugins(from: 0)
    }

    /// A trusted peer's word on the scheme counts (proxy.md section 3).
    private var isForwardedAsTLS: Bool {
        if facts.isTrusted, let field = exchange.request.head.fields.first(.xForwardedProto) {
            return exchange.request.copy(field.value) == Array("https".utf8)
        }
        return listener.isTLS
    }

    private func addDebugHeaders(_ plan: RoutePlan) {
        exchange.response.edits.set("Kong-Route-Id", plan.route.id)
        if let name = plan.route.name { exchange.response.edits.set("Kong-Route-Name", name) }
        guard let service = plan.service?.info else { return }
        exchange.response.edits.set("Kong-Service-Id", service.id)
        if let name = service.name { exchange.response.edits.set("Kong-Service-Name", name) }
    }

    /// A trusted peer's word on the client counts.
    private func findRealAddress(_ head: borrowing Span<UInt8>) {
        if configuration.realIPHeader == "proxy_protocol" {
            exchange.clientAddress = facts.proxied ?? facts.peer
            return
        }
        let name = HeaderName(configuration.realIPHeader)
        let values = exchange.request.headerValues(name)
        // Of other headers than X-Forwarded-For nginx reads the first.
        let lines = name.known == .xForwardedFor ? values : Array(values.prefix(1))
        exchange.clientAddress =
            RealAddress.find(in: lines, configuration.trusted, isRecursive: configuration.realIPRecursive) ?? facts.peer
    }
}

extension Response {
    static let noRoute = Response.message(404, "no Route matched with those values")
    static let useTLS = Response.message(
        426, "Please use HTTPS protocol",
        fields: [.init("Connection", "Upgrade"), .init("Upgrade", "TLS/1.2, HTTP/1.1")])
    static let nameResolutionFailed = Response.message(503, "name resolution failed")
    static let unexpected = Response.message(500, "An unexpected error occurred")
}
