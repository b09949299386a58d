// The idle connections to upstreams of one event loop. No locks: a request's upstream connection lives on the event
// loop of its client connection.

import NIOCore
import NIOPosix
import NIOSSL
import PluginKit
import Wire

/// What makes two connections to upstreams interchangeable.
struct UpstreamKey: Hashable {
    let address: SocketAddress
    let usesTLS: Bool
    /// The name told in the TLS handshake; nil tells none.
    let serverName: String?
}

final class UpstreamPool {
    private let loop: any EventLoop
    private let limits: Limits
    /// Idle connections kept in all; 0 keeps none (upstream_keepalive).
    private let capacity: Int
    private let tls: NIOSSLContext?
    private var idle: [UpstreamKey: [UpstreamConnection]] = [:]
    private var idleCount = 0
    private var sweeping = false

    init(loop: any EventLoop, limits: Limits, capacity: Int, tls: NIOSSLContext?) {
        self.loop = loop
        self.limits = limits
        self.capacity = capacity
        self.tls = tls
    }

    /// The most recently used idle connection, taken out of the pool.
    func take(_ key: UpstreamKey) -> UpstreamConnection? {
        while let connection = idle[key]?.popLast() {
            idleCount -= 1
            if connection.isOpen { return connection }
        }
        return nil
    }

    func giveBack(_ connection: UpstreamConnection) {
        guard capacity > 0 else { return connection.close() }
        if idleCount >= capacity { evictOldest() }
        connection.idleSince = TimerWheel.monotonicMilliseconds()
        idle[connection.key, default: []].append(connection)
        idleCount += 1
        startSweeping()
    }

    /// Takes a connection that ended out of the pool, if it is there.
    func forget(_ connection: UpstreamConnection) {
        guard let index = idle[connection.key]?.firstIndex(where: { $0 === connection }) else { return }
        idle[connection.key]?.remove(at: index)
        idleCount -= 1
        if idle[connection.key]?.isEmpty == true { idle[connection.key] = nil }
    }

    /// Opens a connection. `done` is called on the event loop.
    func connect(
        _ key: UpstreamKey, timeoutMilliseconds: Int64, _ done: @escaping (Result<UpstreamConnection, any Error>) -> Void
    ) {
        let box = NIOLoopBound((self, key), eventLoop: loop)
        ClientBootstrap(group: loop)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .connectTimeout(.milliseconds(max(timeoutMilliseconds, 1)))
            .channelInitializer { channel in
                let (pool, key) = box.value
                return channel.eventLoop.makeCompletedFuture { try pool.prepare(channel, key) }
            }
            .connect(to: key.address)
            .assumeIsolated()
            .whenComplete { result in
                done(
                    result.flatMap { channel in
                        Result { try channel.pipeline.syncOperations.handler(type: UpstreamConnection.self) }
                    })
            }
    }

    /// Closes every idle connection.
    func closeAll() {
        let all = idle
        idle = [:]
        idleCount = 0
        for connection in all.values.joined() { connection.close() }
    }

    private func prepare(_ channel: any Channel, _ key: UpstreamKey) throws {
        if key.usesTLS, let tls {
            let handler = try NIOSSLClientHandler(context: tls, serverHostname: key.serverName)
            try channel.pipeline.syncOperations.addHandler(handler)
        }
        let connection = UpstreamConnection(key: key, pool: self, limits: limits)
        try channel.pipeline.syncOperations.addHandler(connection)
    }

    private func evictOldest() {
        var oldest: UpstreamConnection?
        for connections in idle.values {
            guard let first = connections.first else { continue }
            if oldest.map({ first.idleSince < $0.idleSince }) ?? true { oldest = first }
        }
        guard let oldest else { return }
        forget(oldest)
        oldest.close()
    }

    private func startSweeping() {
        guard !sweeping else { return }
        sweeping = true
        let box = NIOLoopBound(self, eventLoop: loop)
        loop.scheduleTask(in: .seconds(5)) { box.value.sweep() }
    }

    private func sweep() {
        sweeping = false
        let limit = TimerWheel.monotonicMilliseconds() - limits.upstreamIdleMilliseconds
        for connection in idle.values.joined() where connection.idleSince < limit {
            forget(connection)
            connection.close()
        }
        if idleCount > 0 { startSweeping() }
    }
}
