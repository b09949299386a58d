// A thread of the process that is neither an event loop nor a Swift task: the log writer and the DNS resolver
// each run on one, because both wait in system calls (write, poll) that must never hold up an event loop.

import Glibc

/// A running thread that can be joined once.
package struct NamedThread: Sendable {
    private let handle: pthread_t

    /// Starts a thread with every signal blocked, so that signals go on reaching the main thread.
    ///
    /// - Parameter name: shown by `top -H`; Linux keeps the first 15 bytes.
    /// - Returns: nil when the system has no thread left to give.
    package static func start(_ name: String, _ body: @escaping @Sendable () -> Void) -> NamedThread? {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        return spawn(
            ThreadBody {
                setName(name)
                body()
            })
    }

    /// Waits for the thread's end.
    package func join() {
        pthread_join(handle, nil)
    }

    private static func spawn(_ body: ThreadBody) -> NamedThread? {
        // The C interface carries one untyped pointer: the reference given here is taken back by the new thread.
        let passed = Unmanaged.passRetained(body)
        var handle = pthread_t()
        let failed = pthread_create(
            &handle, nil,
            { argument in
                if let argument { Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, passed.toOpaque())
        guard failed == 0 else {
            passed.release()
            return nil
        }
        return NamedThread(handle: handle)
    }

    /// By way of /proc: pthread_setname_np is not in Swift's Glibc module. A thread without a name does no harm.
    private static func setName(_ name: String) {
        guard let file = fopen("/proc/thread-self/comm", "we") else { return }
        fputs(name, file)
        fclose(file)
    }

    private init(handle: pthread_t) {
        self.handle = handle
    }
}

/// Carries the closure across the C interface.
private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void

    init(run: @escaping @Sendable () -> Void) {
        self.run = run
    }
}
