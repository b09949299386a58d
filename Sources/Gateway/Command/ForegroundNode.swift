// A node in the foreground (nginx_daemon = off): the command stays, passes signals on to the master and ends with it.

import Glibc

struct ForegroundNode {
    enum Outcome { case ended, failed(String) }

    private static let forwarded = [SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGWINCH]

    /// Holds signals back from now on, so that none is lost while the master starts.
    init() {
        var set = Self.waitSet
        sigprocmask(SIG_BLOCK, &set, nil)
    }

    private static var waitSet: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in forwarded + [SIGCHLD] { sigaddset(&set, signal) }
        return set
    }

    /// Waits until the master has ended.
    func wait(for master: pid_t) -> Outcome {
        var set = Self.waitSet
        var status: Int32 = 0
        while true {
            // First: its end may have come before anybody waited for a signal.
            if waitpid(master, &status, WNOHANG) == master { break }
            let number = sigwaitinfo(&set, nil)
            if number > 0, number != SIGCHLD { kill(master, number) }
        }
        switch ProcessEnd(status: status) {
        case .exit(0): return .ended
        case .exit(let code): return .failed("failed to start nginx (exit code: \(code))")
        case .signal(let number): return .failed("the master process was ended by signal \(number)")
        }
    }
}
