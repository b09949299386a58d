// An upstream: accepts connections on a free port and serves each on a thread of its own.

import Foundation
import Glibc
import Synchronization

final class Origin: Sendable {
    private struct State {
        var accepted = 0
        var requests: [String] = []
        var open: Set<Int32> = []
        var isStopped = false
    }

    let port: Int
    private let listener: Int32
    private let state = Mutex(State())

    /// Serves every connection with `serve`, which returns when the connection is to be closed.
    init(_ serve: @escaping @Sendable (Socket, Origin) throws -> Void) throws {
        (listener, port) = try LocalAddress.listen()
        Thread.detachNewThread { [self] in accept(serve) }
    }

    /// Answers every request with what `answer` makes of it, on connections that are kept.
    convenience init(answering answer: @escaping @Sendable (Message) -> String) throws {
        try self.init { socket, origin in
            while let request = try socket.request() {
                origin.note(request)
                try socket.send(answer(request))
            }
        }
    }

    /// How many connections were made to it so far.
    var accepted: Int { state.withLock { $0.accepted } }
    /// How many connections are open.
    var open: Int { state.withLock { $0.open.count } }
    /// The request lines that came so far.
    var requests: [String] { state.withLock { $0.requests } }

    func note(_ request: Message) {
        state.withLock { $0.requests.append(request.start) }
    }

    /// Ends all connections and accepts no more.
    func stop() {
        state.withLock { state in
            guard !state.isStopped else { return }
            state.isStopped = true
            shutdown(listener, Int32(SHUT_RDWR))
            for descriptor in state.open { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }

    private func accept(_ serve: @escaping @Sendable (Socket, Origin) throws -> Void) {
        while case let descriptor = Glibc.accept(listener, nil, nil), descriptor >= 0 {
            state.withLock { state in
                state.accepted += 1
                state.open.insert(descriptor)
            }
            Thread.detachNewThread { [self] in
                let socket = Socket(descriptor: descriptor)
                socket.setTimeout(seconds: 30)
                try? serve(socket, self)
                _ = state.withLock { $0.open.remove(descriptor) }
                socket.close()
            }
        }
        close(listener)
    }

    /// A complete answer.
    static func ok(_ body: String = "ok", _ fields: String = "") -> String {
        "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)"
    }
}
