// The first stage of a stream: which route takes it, and whether its TLS ends here.

import NIOCore
import NIOSSL
import PluginKit

extension StreamConnection {
    /// Where no route depends on what the client says first, it is not waited for: in many protocols the server begins.
    func decideEarly() {
        let routes = loop.currentSnapshot().streams
        guard phase == .preread, !facts.isTLS, !routes.usesServerNames else { return }
        let plan = find(nil)
        if plan == nil || plan?.terminatesTLS == false { take(plan) }
    }

    /// Looks at the bytes that came so far.
    func inspect() {
        let bytes = Array(received.readableBytesView.prefix(limits.prereadBytes))
        switch ClientHello.read(bytes) {
        case .needMore where received.readableBytes < limits.prereadBytes: break
        case .complete(let hello):
            serverName = hello.serverName?.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
            facts.isTLS ? decrypt() : choose()
        case .needMore, .invalid:
            guard facts.isTLS else { return choose() }
            guard bytes.first != ClientHello.handshakeRecord else { return decrypt() }
            loop.errorLog.log(
                .info, "SSL_do_handshake() failed (wrong version number) while SSL handshaking", context: errorContext)
            finish(status: 500)
        }
    }

    /// A client that says nothing is one that asks for no name.
    func prereadTimedOut() {
        if facts.isTLS || received.readableBytes > 0 { finish(status: 408) } else { choose() }
    }

    /// Takes the route that the connection matches with what is known.
    func choose() {
        take(find(serverName))
    }

    private func find(_ name: [UInt8]?) -> StreamPlan? {
        loop.currentSnapshot().streams.plan(
            serverName: name, source: source, destination: destination, loop.routerScratch)
    }

    private func take(_ plan: StreamPlan?) {
        guard let plan else {
            loop.errorLog.log(.error, "no Route found with those values", context: errorContext)
            return finish(status: 500)
        }
        if let plugin = plan.guardingPlugin {
            loop.errorLog.log(
                .error, "the plugin '\(plugin)' guards this route and can't look into streams", context: errorContext)
            return finish(status: 403)
        }
        self.plan = plan
        exchange.route = plan.route
        exchange.service = plan.service?.info
        if plan.terminatesTLS, serverName != nil, phase == .preread, !facts.isTLS { decrypt() } else { connect() }
    }

    /// Has the TLS library take the bytes that came, and those that follow.
    private func decrypt() {
        let named = serverName.flatMap { loop.currentSnapshot().serverNames.identity(for: $0) }
        let hello = received
        var said: ClientHello?
        if case .complete(let read) = ClientHello.read(Array(hello.readableBytesView)) { said = read }
        guard let context, let tls = (named ?? facts.identity)?.context(.none, for: said) else {
            return finish(status: 500)
        }
        phase = .handshake
        loop.timers.arm(timer, afterMilliseconds: limits.handshakeMilliseconds)
        received = ByteBuffer()
        bytesReceived = 0
        do {
            try context.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls), position: .before(self))
            context.pipeline.syncOperations.fireChannelRead(NIOAny(hello))
            context.pipeline.syncOperations.fireChannelReadComplete()
        } catch {
            finish(status: 500)
        }
    }

    /// The stream is open: its route, where it is not known yet, and then the upstream.
    func connect() {
        guard plan != nil else { return choose() }
        phase = .connecting
        timer.cancel()
        service = plan?.service
        attempt()
    }
}

extension StreamConnection: ProxiedConnection {
    /// As nginx's stream module: a trusted balancer's word on the client counts.
    func introduced(by header: ProxyHeader) {
        bytesReceived = 0
        defer { decideEarly() }
        let peer = String(decoding: exchange.clientAddress, as: UTF8.self)
        guard let end = header.source, let address = IPAddress(end.address), let balancer = IPAddress(peer),
            loop.configuration.trusted.contains(balancer)
        else { return }
        exchange.clientAddress = Array(end.address.utf8)
        source = PeerAddress(address, port: end.port)
    }

    func headerIsBroken(_ start: String) {
        loop.errorLog.log(
            .error, "broken header: \"\(start)\" while reading PROXY protocol", context: errorContext)
        finish(status: 400)
    }
}
