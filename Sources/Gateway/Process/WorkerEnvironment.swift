// What a worker's environment says besides that of `kong start`, for libraries that read it when a process starts. What
// stands there already counts more.

enum WorkerEnvironment {
    /// - Parameter eventLoops: of the worker.
    static func defaults(eventLoops: Int) -> [String: String] {
        [
            // How many arenas the allocator may have (mallopt(3)): one for each event loop, which so rarely waits for
            // another thread's, and two for all others. glibc gives a thread that finds none free an arena of its own,
            // up to eight for each core, and hands little of one back to the system. Threads for tasks and for
            // PostgreSQL come and go, and over an hour of faults a worker grew by two fifths that way
            // (docs/reliability.md).
            "MALLOC_ARENA_MAX": String(eventLoops + 2),
            // libdispatch tells the system's log of every thread that it may not put before others, which in a worker
            // that is not root is each of a certain kind.
            "LIBDISPATCH_LOG": "NO",
        ]
    }
}
