// Debian's dnsmasq on a port of the loopback interface: a real name server for the tests.

import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// A dnsmasq process with records of its own; `stop` ends it.
final class NameServer: Sendable {
    static let isInstalled = access("/usr/sbin/dnsmasq", X_OK) == 0

    let port: Int
    private let process: pid_t
    private let isRunning = Atomic(true)

    /// Below the range from which the system gives out ports; two runs at a time start at different places. A port
    /// is not probed first: a process started meanwhile would inherit the probe's socket.
    private static let lastPort = Atomic<Int>(15_000 + Int(getpid()) % 100 * 150)

    /// A server on the next port on which one starts.
    static func start(_ records: [String]) -> NameServer? {
        for _ in 0..<20 {
            if let server = NameServer(records, port: lastPort.add(1, ordering: .relaxed).newValue) { return server }
        }
        return nil
    }

    init?(_ records: [String], port: Int) {
        // Not with --no-daemon: then it would answer nobody while a connection over TCP is open.
        let arguments =
            [
                "dnsmasq", "--keep-in-foreground", "--no-resolv", "--no-hosts", "--conf-file=/dev/null",
                "--log-facility=-",
                "--port=\(port)", "--listen-address=127.0.0.1", "--bind-interfaces", "--local=/test/", "--pid-file=",
                "--cache-size=0",
            ] + records
        guard let process = NameServer.spawn(arguments) else { return nil }
        self.port = port
        self.process = process
        guard answers() else {
            stop()
            return nil
        }
    }

    /// Once: afterwards the process id may be someone else's.
    func stop() {
        guard isRunning.exchange(false, ordering: .relaxed) else { return }
        kill(process, SIGKILL)
        var status: Int32 = 0
        waitpid(process, &status, 0)
    }

    private static func spawn(_ arguments: [String]) -> pid_t? {
        let words = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var process = pid_t()
        return posix_spawn(&process, "/usr/sbin/dnsmasq", &actions, nil, words, environ) == 0 ? process : nil
    }

    /// It listens on TCP, too, which is easy to wait for; it ends at once when the port is taken.
    private func answers() -> Bool {
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        var status: Int32 = 0
        for _ in 0..<100 {
            if waitpid(process, &status, WNOHANG) != 0 {
                isRunning.store(false, ordering: .relaxed)
                return false
            }
            if let channel = try? bootstrap.connect(host: "127.0.0.1", port: port).wait() {
                try? channel.close().wait()
                return true
            }
            usleep(50_000)
        }
        return false
    }
}
