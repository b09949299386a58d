// Requests to an upstream: a peer for each attempt, and what the attempt says about the peer's health.

import NIOCore
import PluginKit
import Wire

extension ClientConnection {
    /// Makes an attempt at the next peer of the service's upstream.
    func attemptBalanced(_ service: ServicePlan, _ upstream: UpstreamBalancer) {
        if attempts == 1 { balancing = Balancing() }
        guard loop.balancers[upstream].pick(for: exchange, &balancing), let peer = balancing.peer else {
            return respondWithoutPeer()
        }
        setHashCookie()
        if let address = peer.address { return lease(address, service, serverName: peer.serverName) }
        resolve(peer, service, upstream)
    }

    /// Kong answers JSON when there was no peer from the start, and the error page when retries ran out of peers.
    private func respondWithoutPeer() {
        if attempts == 1 {
            respond(.noPeer)
        } else {
            respond(
                ErrorPage.response(503, for: exchange.request, default: configuration.errorDefaultType), isPage: true)
        }
        pump()
    }

    /// Gives the client the cookie that will bring it to the same peer again.
    private func setHashCookie() {
        guard let value = balancing.newCookie, let settings = balancing.distribution?.settings else { return }
        balancing.newCookie = nil
        let line = Array("\(settings.cookieName)=".utf8) + value + Array("; Path=\(settings.cookiePath)".utf8)
        exchange.response.edits.add("Set-Cookie", line)
    }

    private func resolve(_ peer: Peer, _ service: ServicePlan, _ upstream: UpstreamBalancer) {
        guard case .name(let name) = peer.identity.place else { return }
        if attempts > 1 {
            // A retry does not wait for name servers (proxy.md section 7).
            let known = loop.resolver.cached(name, port: peer.identity.port) ?? .failure(.notCached)
            return resolved(known, peer, service, upstream)
        }
        let serial = attemptSerial
        loop.resolver.resolve(name, port: peer.identity.port) { [weak self] result in
            guard let self, serial == attemptSerial, phase == .connecting else { return }
            resolved(result, peer, service, upstream)
        }
    }

    private func resolved(
        _ result: Result<ResolvedTarget, DNSFailure>, _ peer: Peer, _ service: ServicePlan, _ upstream: UpstreamBalancer
    ) {
        if case .failure = result { balancing.answered(isFailure: true) }
        switch result {
        case .success(let target): lease(target.address, service, serverName: peer.serverName)
        case .failure(let failure) where balancing.wasTried(peer): respondUnresolved(failure, service)
        case .failure(let failure):
            // Another peer may be known.
            balancing.tried.append(peer)
            guard loop.balancers[upstream].pick(for: exchange, &balancing), let next = balancing.peer,
                !balancing.wasTried(next)
            else { return respondUnresolved(failure, service) }
            if let address = next.address { return lease(address, service, serverName: next.serverName) }
            resolve(next, service, upstream)
        }
    }

    /// The Host header for the current peer.
    func balancedHostHeader(_ service: ServicePlan) -> [UInt8] {
        balancing.peer?.hostHeader(usesTLS: service.usesTLS) ?? service.hostHeader
    }

    // MARK: - What an attempt says about its peer

    /// The head of an answer is there.
    func reportAnswer(status: Int) {
        reportStatus(status)
        let isFailure = balancing.distribution.map { distribution in
            status == 504 || distribution.settings.passive.event(forStatus: status) == .httpFailure
        }
        balancing.answered(isFailure: isFailure ?? false)
    }

    /// An attempt failed and another one follows.
    func reportFailedAttempt(status: Int) {
        guard let peer = balancing.peer else { return }
        report(status == 504 ? .timeout : .tcpFailure)
        balancing.tried.append(peer)
    }

    /// The last attempt ended with that status, the upstream's or an error page's: a failed connection counts as 502
    /// here, as in Kong, and every 504 as a timeout.
    func reportStatus(_ status: Int) {
        guard let rules = balancing.distribution?.settings.passive, rules.isCounting else { return }
        if let event = status == 504 ? .timeout : rules.event(forStatus: status) { report(event) }
    }

    private func report(_ event: HealthEvent) {
        guard let peer = balancing.peer, let rules = balancing.distribution?.settings.passive,
            let isAvailable = peer.health.report(event, limit: rules.limit(for: event))
        else { return }
        loop.errorLog.log(
            .warn, "[healthcheck] \(peer.description) is \(isAvailable ? "healthy" : "unhealthy") (passive check)",
            context: errorContext)
    }
}

extension Response {
    static let noPeer = Response.message(503, "failure to get a peer from the ring-balancer")
}
