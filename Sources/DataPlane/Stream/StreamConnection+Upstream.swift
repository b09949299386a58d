// The second stage of a stream: a connection to its upstream, at the next peer when one fails.

import NIOCore
import NIOPosix
import NIOSSL
import PluginKit

extension StreamConnection {
    func attempt() {
        attempts += 1
        guard let service else { return attemptOriginal() }
        if let address = service.literal { return dial(address, serverName: service.serverName) }
        if let balancer = service.upstream { return attemptBalanced(balancer) }
        loop.resolver.resolve(service.host, port: service.port) { [weak self] result in
            guard let self, phase == .connecting else { return }
            switch result {
            case .success(let target): dial(target.address, serverName: service.serverName)
            case .failure(let failure): unresolved(service.host, failure)
            }
        }
    }

    /// Where the client wanted to go, which is some other machine only on a transparent listener.
    private func attemptOriginal() {
        guard facts.isTransparent, let local, local.port != facts.port else {
            loop.errorLog.log(
                .error, "the route has no service, and the stream was meant for this listener", context: errorContext)
            return finish(status: 500)
        }
        dial(local, serverName: nil)
    }

    private func unresolved(_ host: String, _ failure: DNSFailure) {
        loop.errorLog.log(.error, "[dns] failed to resolve \(host): \(failure.message)", context: errorContext)
        finish(status: 500)
    }

    private func attemptBalanced(_ upstream: UpstreamBalancer) {
        guard loop.balancers[upstream].pick(for: exchange, &balancing), let peer = balancing.peer else {
            loop.errorLog.log(.error, "failure to get a peer from the ring-balancer", context: errorContext)
            return finish(status: 500)
        }
        if let address = peer.address { return dial(address, serverName: peer.serverName) }
        guard case .name(let name) = peer.identity.place else { return }
        loop.resolver.resolve(name, port: peer.identity.port) { [weak self] result in
            guard let self, phase == .connecting else { return }
            switch result {
            case .success(let target): dial(target.address, serverName: peer.serverName)
            case .failure(let failure):
                balancing.answered(isFailure: true)
                unresolved(name, failure)
            }
        }
    }

    // MARK: - Connecting

    private func dial(_ address: SocketAddress, serverName: String?) {
        guard let context else { return }
        let timeout = TimeAmount.milliseconds(max(service?.connectTimeoutMilliseconds ?? 60_000, 1))
        let deadline = NIODeadline.now() + timeout
        let tls = service?.usesTLS == true ? facts.upstreamTLS : nil
        let box = NIOLoopBound(self, eventLoop: context.eventLoop)
        ClientBootstrap(group: context.eventLoop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connectTimeout(timeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls {
                        try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: serverName))
                        try pipeline.addHandler(UpstreamHandshake(deadline: deadline))
                    }
                    try pipeline.addHandler(StreamUpstream(box.value))
                }
            }
            .connect(to: address)
            .assumeIsolated()
            .whenComplete { result in box.value.dialed(result) }
    }

    private func dialed(_ result: Result<any Channel, any Error>) {
        guard case .success(let channel) = result, service?.usesTLS == true,
            let handshake = try? channel.pipeline.syncOperations.handler(type: UpstreamHandshake.self)
        else { return connected(result) }
        handshake.whenDone(on: loop.loop) { [weak self] outcome in
            guard let self else { return channel.close(promise: nil) }
            connected(outcome.map { channel })
        }
    }

    private func connected(_ result: Result<any Channel, any Error>) {
        switch result {
        case .success(let channel) where phase == .connecting:
            balancing.answered(isFailure: false)
            report(.success)
            beginRelay(channel)
        case .success(let channel): channel.close(promise: nil)
        case .failure(let error): if phase == .connecting { failed(ConnectFailure(error)) }
        }
    }

    private func failed(_ failure: ConnectFailure) {
        loop.errorLog.log(.error, failure.text, context: errorContext)
        balancing.answered(isFailure: true)
        balancing.release()
        report(failure.isTimeout ? .timeout : .tcpFailure)
        if let peer = balancing.peer { balancing.tried.append(peer) }
        if attempts <= service?.retries ?? 0 { attempt() } else { finish(status: 502) }
    }

    private func report(_ event: HealthEvent) {
        guard let peer = balancing.peer, let rules = balancing.distribution?.settings.passive, rules.isCounting,
            let isAvailable = peer.health.report(event, limit: rules.limit(for: event))
        else { return }
        loop.errorLog.log(
            .warn, "[healthcheck] \(peer.description) is \(isAvailable ? "healthy" : "unhealthy") (passive check)",
            context: errorContext)
    }
}
