// Makes sure that a node does not outlive its test: stopped by process id at the end, and by a small shell that waits
// on a socket if the process of the tests dies before that.

import Glibc
import Synchronization

final class ProcessLeash: Sendable {
    private struct State {
        var master: ProcessFacts?
        var guardPID: pid_t?
        var ownEnd: Int32?
    }

    private let prefix: String
    private let state = Mutex(State())

    init(prefix: String) {
        self.prefix = prefix
    }

    /// Takes charge of a master process.
    func hold(_ pid: pid_t) throws {
        var ends: [Int32] = [0, 0]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw SocketFault.system("socketpair") }
        let shell = try Command.start("sh", ["-c", "read word || kill -TERM \(pid)"], input: ends[0])
        close(ends[0])
        state.withLock { $0 = State(master: ProcessFacts(pid: pid), guardPID: shell, ownEnd: ends[1]) }
    }

    /// Stops the node and waits until it is gone.
    func stop() {
        let held = state.withLock { state in
            defer { state = State() }
            return state
        }
        if let master = held.master { stop(master) }
        guard let ownEnd = held.ownEnd, let guardPID = held.guardPID else { return }
        _ = write(ownEnd, "end\n", 4)
        close(ownEnd)
        waitpid(guardPID, nil, 0)
    }

    private func stop(_ master: ProcessFacts) {
        guard master.isAlive else { return }
        let workers = master.children
        kill(master.pid, SIGTERM)
        if eventually(within: 3, { !master.isAlive }) { return }
        for process in [master] + workers where process.isAlive { kill(process.pid, SIGKILL) }
    }
}
