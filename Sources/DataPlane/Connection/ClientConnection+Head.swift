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
            return refuse(413)
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
        self.plan = plan
        service = plan.service
        chain = plan.chain
        exchange.route = plan.route
        exchange.service = plan.service?.info
        if exchange.request.head.hasDebug { addDebugHeaders(plan) }
        if plan.isGRPC, let refusal = GRPC.refusal(of: exchange.request) { return respond(refusal) }
        if plan.requiresTLS, !isForwardedAsTLS { return respond(.useTLS) }
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

    /// nginx' realip module: the last address of the header, or with real_ip_recursive the last that isn't trusted.
    private func findRealAddress(_ head: borrowing Span<UInt8>) {
        if configuration.realIPHeader == "proxy_protocol" {
            exchange.clientAddress = facts.proxied ?? facts.peer
            return
        }
        let values = exchange.request.headerValues(HeaderName(configuration.realIPHeader))
        guard !values.isEmpty else {
            exchange.clientAddress = facts.peer
            return
        }
        let entries = values.flatMap { $0.split(separator: UInt8(ascii: ",")) }.map { entry in
            String(decoding: entry, as: UTF8.self).filter { $0 != " " && $0 != "\t" }
        }
        exchange.clientAddress =
            RealAddress.choose(
                entries, configuration.trusted, isRecursive: configuration.realIPRecursive) ?? facts.peer
    }
}

/// Which of the addresses in a real-IP header is the client's.
enum RealAddress {
    static func choose(_ entries: [String], _ trusted: AddressSet, isRecursive: Bool) -> [UInt8]? {
        var chosen: String?
        for entry in entries.reversed() {
            guard let address = IPAddress(entry) else { break }
            chosen = entry
            if !isRecursive || !trusted.contains(address) { break }
        }
        return chosen.map { Array($0.utf8) }
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
