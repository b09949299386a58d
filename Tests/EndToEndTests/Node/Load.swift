// Requests in a loop on several connections, and what became of each.

import Foundation
import Glibc
import Synchronization

final class Load: Sendable {
    enum Connections { case kept, new }

    private struct State {
        var isRunning = true
        var running = 0
        var answered = 0
        var failures: [String] = []
    }

    private let port: Int
    private let target: String
    private let state = Mutex(State())

    init(port: Int, _ target: String = "/stable", connections: Int = 8, _ kind: Connections = .kept) {
        self.port = port
        self.target = target
        state.withLock { $0.running = connections }
        for _ in 0..<connections {
            Thread.detachNewThread { [self] in
                while state.withLock({ $0.isRunning }) { serve(kind) }
                state.withLock { $0.running -= 1 }
            }
        }
    }

    var answered: Int { state.withLock { $0.answered } }
    /// One line for every request that did not get its answer.
    var failures: [String] { state.withLock { $0.failures } }

    /// Ends the loops and waits for them.
    func stop() {
        state.withLock { $0.isRunning = false }
        _ = eventually(within: 9) { state.withLock { $0.running } == 0 }
    }

    /// Uses one connection until it is closed, as announced or not.
    private func serve(_ kind: Connections) {
        var served = 0
        do {
            let socket = try Socket.connect(port: port)
            defer { socket.close() }
            while state.withLock({ $0.isRunning }) {
                let answer = try socket.get(target, kind == .new ? "Connection: close\r\n" : "")
                guard answer.status == 200 else { throw SocketFault("\(answer.start) \(answer.text)") }
                served += 1
                state.withLock { $0.answered += 1 }
                if answer.closes { return }
            }
        } catch {
            state.withLock { $0.failures.append("request \(served + 1) of its connection: \(error)") }
        }
    }
}
