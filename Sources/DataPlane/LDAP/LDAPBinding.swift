// One bind under way: an address, a connection, TLS if it is wanted, the question itself.

import NIOCore
import NIOSSL
import PluginKit
import Wire

/// Used once. What it needs of connections it takes from `LDAPConnections`.
final class LDAPBinding {
    private let name: [UInt8]
    private let password: [UInt8]
    private let connections: LDAPConnections
    private var done: ((Result<LDAPResult, OutboundFailure>) -> Void)?
    private var connection: LDAPConnection?
    private let timer = WheelTimer()

    init(
        _ name: [UInt8], _ password: [UInt8], _ connections: LDAPConnections,
        _ done: @escaping (Result<LDAPResult, OutboundFailure>) -> Void
    ) {
        self.name = name
        self.password = password
        self.connections = connections
        self.done = done
        timer.belong(to: self)
    }

    private var server: LDAPServer { connections.server }
    private var context: LoopContext { connections.context }

    /// Whether it has ended while it waited for its turn.
    var isOver: Bool { done == nil }

    /// Waits for its turn, as long as for every other step.
    func wait() {
        armTimer()
    }

    func giveUp(_ reason: String) {
        finish(.failure(.unreachable(reason)))
    }

    /// Asks over a connection that is there.
    func use(_ connection: LDAPConnection) {
        self.connection = connection
        armTimer()
        connection.ask({ [name, password] in LDAPRequest.bind(id: $0, name: name, password: password) }) { [self] in
            answered($0)
        }
    }

    private func answered(_ result: Result<LDAPResult, OutboundFailure>) {
        guard let connection else { return }
        switch result {
        case .success(let result) where result.operation == .bind: finish(.success(result))
        case .success: finish(.failure(.malformed))
        case .failure(let failure):
            self.connection = nil
            // The server may have closed a kept connection just when it was chosen, or while it started anew.
            if connection.isKept, failure == .closed { return connect() }
            finish(.failure(failure))
        }
    }

    // MARK: - Connecting

    func connect() {
        let (host, port) = (server.peer.host, server.peer.port)
        let connection = connections.opened()
        self.connection = connection
        armTimer()
        if let literal = HostAddress.socketAddress(literal: host, port: port) { return dial(literal, connection) }
        context.resolver.resolve(host, port: port) { [self] result in
            switch result {
            case .success(let target): dial(target.address, connection)
            case .failure(let failure): finish(.failure(.unresolved(failure.message)))
            }
        }
    }

    private func dial(_ address: SocketAddress, _ connection: LDAPConnection) {
        guard done != nil else { return }
        timer.cancel()
        let key = UpstreamKey(address: address, usesTLS: false, serverName: nil)
        context.pool.dial(key, timeoutMilliseconds: server.timeoutMilliseconds, { [connection] }) { [self] result in
            if case .failure(let error) = result {
                return finish(.failure(.unreachable(ConnectFailure.reason(error))))
            }
            if server.startsTLS { startTLS(connection) } else { use(connection) }
        }
    }

    private func startTLS(_ connection: LDAPConnection) {
        armTimer()
        connection.ask(LDAPRequest.startTLS) { [self] result in
            switch result {
            case .failure(let failure): finish(.failure(failure))
            case .success(let result) where result.operation == .extended && result.code == 0: findTLS(connection)
            case .success(let result):
                let text = String(decoding: result.text, as: UTF8.self)
                finish(.failure(.unreachable("StartTLS was refused with code \(result.code): \(text)")))
            }
        }
    }

    private func findTLS(_ connection: LDAPConnection) {
        context.trust.context(verifying: server.verifiesCertificate, on: context.loop) { [self] in
            secure(connection, $0)
        }
    }

    private func secure(_ connection: LDAPConnection, _ tls: Result<NIOSSLContext, any Error>) {
        guard done != nil, let channel = connection.channel else { return finish(.failure(.closed)) }
        let host = server.peer.host
        let timeout = TimeAmount.milliseconds(server.timeoutMilliseconds)
        do {
            let name = HostAddress(literal: host) == nil ? host : nil
            let handler = try NIOSSLClientHandler(context: tls.get(), serverHostname: name)
            let handshake = UpstreamHandshake(deadline: .now() + timeout)
            timer.cancel()
            try channel.pipeline.syncOperations.addHandlers([handler, handshake], position: .first)
            handshake.whenDone(on: context.loop) { [self] result in
                switch result {
                case .success: use(connection)
                case .failure(let error): finish(.failure(.unreachable(ConnectFailure.reason(error))))
                }
            }
        } catch {
            finish(.failure(.unreachable("\(error)")))
        }
    }

    // MARK: - The end

    private func armTimer() {
        context.timers.arm(timer, afterMilliseconds: server.timeoutMilliseconds)
    }

    private func finish(_ result: Result<LDAPResult, OutboundFailure>) {
        guard let done else { return }
        self.done = nil
        timer.cancel()
        if let connection {
            self.connection = nil
            if case .success = result { connections.giveBack(connection) } else { connection.drop() }
        }
        done(result)
    }
}

extension LDAPBinding: TimerOwner {
    func timerFired() {
        finish(.failure(.timedOut))
    }
}
