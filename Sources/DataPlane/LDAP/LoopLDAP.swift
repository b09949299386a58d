// The connections of one event loop to LDAP servers. A client that guesses passwords makes the gateway bind for each
// guess: how many connections a server gets for that, and how many binds wait for one, has a limit.

import NIOCore
import PluginKit
import Wire

/// One event loop's way to LDAP servers. To be used on that loop only.
final class LoopLDAP: LDAPClient {
    private unowned let context: LoopContext
    private var servers: [LDAPServer: LDAPConnections] = [:]

    init(_ context: LoopContext) {
        self.context = context
    }

    func bind(
        _ name: [UInt8], password: [UInt8], to server: LDAPServer,
        _ done: @escaping (Result<LDAPResult, OutboundFailure>) -> Void
    ) {
        let connections = connections(to: server)
        let binding = LDAPBinding(name, password, connections, done)
        let bound = NIOLoopBound((connections, binding), eventLoop: context.loop)
        context.loop.execute { bound.value.0.take(bound.value.1) }
    }

    private func connections(to server: LDAPServer) -> LDAPConnections {
        if let known = servers[server] { return known }
        let made = LDAPConnections(server, context)
        made.onEmpty = { [unowned self] in servers[server] = nil }
        servers[server] = made
        return made
    }
}

/// The connections to one server.
final class LDAPConnections {
    let server: LDAPServer
    unowned let context: LoopContext
    /// Called when none is left.
    var onEmpty: (() -> Void)?
    private var idle: [LDAPConnection] = []
    private var openCount = 0
    private var waiting: [LDAPBinding] = []

    /// Limits for one server on one event loop.
    private static let mostConnections = 32
    private static let mostWaiting = 1024

    init(_ server: LDAPServer, _ context: LoopContext) {
        self.server = server
        self.context = context
    }

    /// Has a bind done, as soon as a connection is free.
    func take(_ binding: LDAPBinding) {
        while let connection = idle.popLast() {
            if connection.isOpen { return binding.use(connection) }
        }
        if openCount < Self.mostConnections { return binding.connect() }
        guard waiting.count < Self.mostWaiting else { return binding.giveUp("too many requests wait for it") }
        waiting.append(binding)
        binding.wait()
    }

    /// A connection that is to be opened.
    func opened() -> LDAPConnection {
        let connection = LDAPConnection()
        openCount += 1
        connection.onEnd = { [self] in ended(connection) }
        return connection
    }

    func giveBack(_ connection: LDAPConnection) {
        guard connection.isOpen else { return }
        connection.isKept = true
        if let next = nextWaiting() { return next.use(connection) }
        connection.keep(context.timers, milliseconds: server.keepAliveMilliseconds)
        idle.append(connection)
    }

    private func ended(_ connection: LDAPConnection) {
        openCount -= 1
        idle.removeAll { $0 === connection }
        if let next = nextWaiting() { return next.connect() }
        if openCount == 0 { onEmpty?() }
    }

    private func nextWaiting() -> LDAPBinding? {
        while !waiting.isEmpty {
            let next = waiting.removeFirst()
            if !next.isOver { return next }
        }
        return nil
    }
}
