// What plugins send over the network on their own account: log entries, figures, calls to functions and directories.
// Nothing here waits. All of it belongs to one event loop, like the exchange it is reached through.

/// The way out of one event loop.
package protocol Outbound: AnyObject {
    /// Calls an HTTP server over a kept connection, if there is one. `done` is called once, on this event loop, and
    /// never before `call` has returned.
    func call(
        _ request: OutboundRequest, _ done: @escaping (Result<OutboundAnswer, OutboundFailure>) -> Void)

    /// Sends a datagram. That it cannot be sent is told in the error log, after `sender`'s name.
    func send(datagram: [UInt8], to peer: OutboundPeer, sender: String)

    /// Writes bytes to a kept TCP connection, which is opened when there is none.
    func send(bytes: [UInt8], to peer: OutboundPeer, over stream: OutboundStream, sender: String)

    /// Appends bytes to a file, on another thread.
    ///
    /// - Parameter reopens: whether the file is opened anew for it.
    func append(_ bytes: [UInt8], toFile path: String, reopens: Bool, sender: String)

    /// Hands a message to the system's log, on another thread.
    ///
    /// - Parameter severity: RFC 5424's number, 0 (emergency) to 7 (debug).
    func syslog(_ message: [UInt8], severity: Int)

    /// Runs `action` later on this event loop, unless the worker has ended by then.
    func schedule(afterMilliseconds delay: Int64, _ action: @escaping () -> Void)

    /// What a plugin keeps on this event loop from one request to the next, such as a queue; made when it is first
    /// asked for. Nobody else has that key.
    func state<State: OutboundState>(_ key: String, _ make: () -> State) -> State

    /// Runs `action` on the event loop of this worker that is at home for the key: at once where that is this one,
    /// later where it is another. What several loops add to is kept there.
    func onHome(of key: String, _ action: @escaping @Sendable (any Outbound) -> Void)

    /// A line of the error log, at the level error.
    func logError(_ text: String)

    /// A line of the error log, at the level warn.
    func logWarning(_ text: String)
}

extension Outbound {
    package func onHome(of key: String, _ action: @escaping @Sendable (any Outbound) -> Void) {
        action(self)
    }

    package func logWarning(_ text: String) {
        logError(text)
    }
}

/// Something kept by an event loop. It is told when the worker is about to end.
package protocol OutboundState: AnyObject {
    /// Sends what has been put off, since nothing comes after.
    func flush()
    /// Whether everything is sent; asked after `flush`.
    var isIdle: Bool { get }
    /// The worker waits no longer for what is not sent.
    func abandon()
}

extension OutboundState {
    package var isIdle: Bool { true }
    package func abandon() {}
}

/// A host, by name or address, and a port.
package struct OutboundPeer: Hashable, Sendable {
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}

/// How a connection that carries a stream of bytes is made and kept.
package struct OutboundStream: Hashable, Sendable {
    package var usesTLS = false
    /// The name told in the TLS handshake; nil tells none.
    package var serverName: String?
    /// For each of connecting and writing.
    package var timeoutMilliseconds: Int64 = 10_000
    /// How long an idle connection is kept.
    package var keepAliveMilliseconds: Int64 = 60_000

    package init() {}
}

/// A request of the gateway's own.
package struct OutboundRequest: Sendable {
    package var peer: OutboundPeer
    package var usesTLS = false
    /// Whether the certificate must be trusted and be the host's.
    package var verifiesCertificate = false
    package var method = "GET"
    /// Path and query, encoded.
    package var target: [UInt8] = [0x2F]
    /// In the order in which they are sent. Host, User-Agent and Content-Length are added where missing.
    package var headers: [(name: String, value: [UInt8])] = []
    package var body: [UInt8] = []
    /// For each of connecting, sending and the next part of the answer.
    package var timeoutMilliseconds: Int64 = 60_000
    /// How long the connection is kept for the next call.
    package var keepAliveMilliseconds: Int64 = 60_000
    /// The largest body of an answer that is taken, in bytes.
    package var answerLimit = 8 << 20

    package init(to peer: OutboundPeer) {
        self.peer = peer
    }
}

/// The answer to a call, whatever its status.
package struct OutboundAnswer: Sendable {
    package let status: Int
    /// As they came, in order.
    package let headers: [(name: [UInt8], value: [UInt8])]
    package let body: [UInt8]

    package init(status: Int, headers: [(name: [UInt8], value: [UInt8])], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first value of a header.
    package func header(_ name: String) -> [UInt8]? {
        let wanted = Array(name.lowercased().utf8)
        return headers.first { $0.name.map { $0 | ($0 >= 0x41 && $0 <= 0x5A ? 0x20 : 0) } == wanted }?.value
    }
}

/// Why a call had no answer.
package enum OutboundFailure: Error, Equatable {
    /// The name has no address.
    case unresolved(String)
    /// No connection, or no TLS on it, with the system's or the TLS library's words.
    case unreachable(String)
    case timedOut
    /// The connection ended before the answer did.
    case closed
    /// What came is not HTTP, or is larger than the limit.
    case malformed

    /// In nginx' words, for the error log.
    package var text: String {
        switch self {
        case .unresolved(let reason), .unreachable(let reason): reason
        case .timedOut: "timeout"
        case .closed: "closed"
        case .malformed: "malformed answer"
        }
    }
}
