// The idle connections to upstreams of one event loop. No locks: a request's upstream connection lives on the event
// loop of its client connection.

import NIOCore
import NIOPosix
import NIOSSL
import PluginKit
import Synchronization
import Wire

/// What makes two connections to upstreams interchangeable.
struct UpstreamKey: Hashable {
    let address: SocketAddress
    let usesTLS: Bool
    /// The name told in the TLS handshake; nil tells none.
    let serverName: String?
    var speaksHTTP2 = false
    /// Whether the peer has shown a certificate that is trusted.
    var verifiesCertificate = false
}

/// The idle connections of one key. A class, so that taking and giving back change no dictionary: that would allocate.
final class IdleConnections {
    fileprivate var stack: [UpstreamConnection] = []
    /// Open connections of the key, those in use included: while there are any, they come back here.
    fileprivate(set) var open = 0
}

final class UpstreamPool {
    let loop: any EventLoop
    private let limits: Limits
    /// Idle connections kept in all; 0 keeps none (upstream_keepalive).
    private let capacity: Int
    private let tls: NIOSSLContext?
    private let http2TLS: NIOSSLContext?
    /// Connections that take many requests at once, those to be made included.
    var shared: [UpstreamKey: [HTTP2Upstream]] = [:]
    private var idle: [UpstreamKey: IdleConnections] = [:]
    private var idleCount = 0 { didSet { statistics.upstreamIdle.store(idleCount, ordering: .relaxed) } }
    private let statistics: LoopStatistics
    private var sweeping = false

    init(
        loop: any EventLoop, limits: Limits, capacity: Int, tls: NIOSSLContext?, http2TLS: NIOSSLContext?,
        statistics: LoopStatistics
    ) {
        self.statistics = statistics
        self.loop = loop
        self.limits = limits
        self.capacity = capacity
        self.tls = tls
        self.http2TLS = http2TLS
    }

    /// The most recently used idle connection, taken out of the pool.
    func take(_ key: UpstreamKey) -> UpstreamConnection? {
        guard let connections = idle[key] else { return nil }
        while let connection = connections.stack.popLast() {
            idleCount -= 1
            if connection.isOpen { return connection }
        }
        return nil
    }

    func giveBack(_ connection: UpstreamConnection) {
        guard capacity > 0 else { return connection.close() }
        if idleCount >= capacity { evictOldest() }
        connection.idleSince = TimerWheel.monotonicMilliseconds()
        connection.idlePeers.stack.append(connection)
        idleCount += 1
        startSweeping()
    }

    /// Takes a connection that ended out of the pool, if it is there.
    func forget(_ connection: UpstreamConnection) {
        guard let index = connection.idlePeers.stack.firstIndex(where: { $0 === connection }) else { return }
        connection.idlePeers.stack.remove(at: index)
        idleCount -= 1
    }

    /// Notes that a connection has begun.
    func began(_ connection: UpstreamConnection) {
        connection.idlePeers.open += 1
        statistics.upstreamOpen.bump()
    }

    /// Notes that a connection has ended.
    func ended(_ connection: UpstreamConnection) {
        connection.idlePeers.open -= 1
        statistics.upstreamOpen.bump(-1)
    }

    private func peers(_ key: UpstreamKey) -> IdleConnections {
        if let known = idle[key] { return known }
        let made = IdleConnections()
        idle[key] = made
        return made
    }

    /// Opens a connection; the TLS handshake, if there is one, is part of that. `done` is called on the event loop.
    ///
    /// - Parameter tls: how TLS is spoken; nil for the way of upstreams.
    func connect(
        _ key: UpstreamKey, timeoutMilliseconds: Int64, tls: NIOSSLContext? = nil,
        _ done: @escaping (Result<UpstreamConnection, any Error>) -> Void
    ) {
        if key.speaksHTTP2 { return openStream(key, timeoutMilliseconds: timeoutMilliseconds, done) }
        dial(key, timeoutMilliseconds: timeoutMilliseconds, tls: tls, { [self] in [makeConnection(key)] }) { result in
            done(
                result.flatMap { channel in
                    Result { try channel.pipeline.syncOperations.handler(type: UpstreamConnection.self) }
                })
        }
    }

    func makeConnection(_ key: UpstreamKey) -> UpstreamConnection {
        UpstreamConnection(key: key, pool: self, peers: peers(key), limits: limits)
    }

    /// Connects, with these handlers behind those of TLS.
    func dial(
        _ key: UpstreamKey, timeoutMilliseconds: Int64, tls: NIOSSLContext? = nil,
        _ handlers: @escaping () -> [any ChannelHandler],
        _ done: @escaping (Result<any Channel, any Error>) -> Void
    ) {
        let timeout = TimeAmount.milliseconds(max(timeoutMilliseconds, 1))
        let deadline = NIODeadline.now() + timeout
        let box = NIOLoopBound((self, key, tls, handlers), eventLoop: loop)
        ClientBootstrap(group: loop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connectTimeout(timeout)
            .channelInitializer { channel in
                let (pool, key, tls, handlers) = box.value
                return channel.eventLoop.makeCompletedFuture {
                    try pool.prepare(channel, key, tls, deadline, handlers())
                }
            }
            .connect(to: key.address)
            .assumeIsolated()
            .whenComplete { result in
                switch result {
                case .success(let channel):
                    let (pool, key, _, _) = box.value
                    pool.connected(channel, usesTLS: key.usesTLS, done)
                case .failure(let error): done(.failure(error))
                }
            }
    }

    private func connected(
        _ channel: any Channel, usesTLS: Bool, _ done: @escaping (Result<any Channel, any Error>) -> Void
    ) {
        guard usesTLS, let handshake = try? channel.pipeline.syncOperations.handler(type: UpstreamHandshake.self)
        else { return done(.success(channel)) }
        handshake.whenDone(on: loop) { result in done(result.map { channel }) }
    }

    /// Closes every idle connection.
    func closeAll() {
        let all = idle
        idle = [:]
        idleCount = 0
        for connections in all.values {
            for connection in connections.stack { connection.close() }
        }
        closeShared()
    }

    private func prepare(
        _ channel: any Channel, _ key: UpstreamKey, _ given: NIOSSLContext?, _ deadline: NIODeadline,
        _ handlers: [any ChannelHandler]
    ) throws {
        if key.usesTLS, let tls = given ?? (key.speaksHTTP2 ? http2TLS : tls) {
            let handler = try NIOSSLClientHandler(context: tls, serverHostname: key.serverName)
            try channel.pipeline.syncOperations.addHandler(handler)
            try channel.pipeline.syncOperations.addHandler(UpstreamHandshake(deadline: deadline))
        }
        try channel.pipeline.syncOperations.addHandlers(handlers)
    }

    private func evictOldest() {
        var oldest: UpstreamConnection?
        for connections in idle.values {
            guard let first = connections.stack.first else { continue }
            if oldest.map({ first.idleSince < $0.idleSince }) ?? true { oldest = first }
        }
        guard let oldest else { return }
        forget(oldest)
        oldest.close()
    }

    func startSweeping() {
        guard !sweeping else { return }
        sweeping = true
        let box = NIOLoopBound(self, eventLoop: loop)
        loop.scheduleTask(in: .seconds(5)) { box.value.sweep() }
    }

    private func sweep() {
        sweeping = false
        let now = TimerWheel.monotonicMilliseconds()
        let limit = now - limits.upstreamIdleMilliseconds
        for (key, connections) in idle {
            for connection in connections.stack
            where connection.idleSince < (connection.idleMilliseconds.map { now - $0 } ?? limit) {
                forget(connection)
                connection.close()
            }
            if connections.open == 0 { idle[key] = nil }
        }
        closeShared(idleSince: limit)
        if idleCount > 0 || !shared.isEmpty { startSweeping() }
    }
}
