// Signals as a queue: blocked in every thread, taken one by one by the main thread.

import DataPlane
import Glibc

/// The signals a worker acts on.
struct WorkerSignals {
    private let set: sigset_t

    /// Blocks the signals. Before any thread is started, since threads inherit what is blocked.
    static func block() -> WorkerSignals {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in [SIGTERM, SIGINT, SIGQUIT, SIGUSR1] { sigaddset(&set, signal) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
        // A client that goes away must not end the process, nor a file that may grow no further.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        return WorkerSignals(set: set)
    }

    /// Waits for the next signal.
    func next() -> Int32 {
        var set = set
        var signal: Int32 = 0
        sigwait(&set, &signal)
        return signal
    }

    /// Sends this process QUIT when the master at the other end of the pipe is gone.
    func watchMaster(_ descriptor: Int32) {
        _ = NamedThread.start("master watch") {
            var poller = pollfd(fd: descriptor, events: 0, revents: 0)
            while poll(&poller, 1, -1) < 0, errno == EINTR {}
            kill(getpid(), SIGQUIT)
        }
    }
}
