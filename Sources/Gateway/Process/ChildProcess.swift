// Starts the program again as another process of the node: the command starts the master, the master the worker.

import Glibc

/// How to start a process.
package struct ChildProcess {
    /// All arguments; the first is the name that `ps` shows.
    package var arguments: [String]
    package var environment: [String: String]
    /// Descriptors that the child gets under the same numbers. All others are closed for it.
    package var inherited: [Int32] = []
    /// Files to put in place of descriptors of the child: numbers of the parent by those of the child.
    package var redirected: [(child: Int32, parent: Int32)] = []
    /// The program, by default this very one.
    package var program = "/proc/self/exe"

    package init(_ arguments: [String], environment: [String: String]) {
        self.arguments = arguments
        self.environment = environment
    }

    /// Starts the process with no signal blocked or ignored, whatever the parent does with them.
    package func spawn() throws(FileFault) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (child, parent) in redirected { posix_spawn_file_actions_adddup2(&actions, parent, child) }
        // Onto itself: that clears close-on-exec, for the child only.
        for descriptor in inherited { posix_spawn_file_actions_adddup2(&actions, descriptor, descriptor) }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        setSignals(&attributes)

        var pid: pid_t = 0
        let code = Self.withCStrings(arguments) { arguments in
            Self.withCStrings(environment.map { "\($0.key)=\($0.value)" }) { environment in
                posix_spawn(&pid, program, &actions, &attributes, arguments, environment)
            }
        }
        guard code == 0 else { throw FileFault(code: code) }
        return pid
    }

    private func setSignals(_ attributes: inout posix_spawnattr_t) {
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    }

    /// Gives C a list of texts that ends in a null pointer, for as long as the call lasts.
    private static func withCStrings<Outcome>(
        _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Outcome
    ) -> Outcome {
        let copies = texts.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}

/// How a process ended, from the status that `waitpid` gives.
package enum ProcessEnd: Sendable, Equatable {
    case exit(Int32)
    case signal(Int32)

    package init(status: Int32) {
        let signal = status & 0x7F
        self = signal == 0 ? .exit((status >> 8) & 0xFF) : .signal(signal)
    }

    package var text: String {
        switch self {
        case .exit(let code): "exited with code \(code)"
        case .signal(let number): "exited on signal \(number)"
        }
    }
}
