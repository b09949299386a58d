// How many arenas the allocator of a worker may have. glibc gives a thread that finds none free an arena of its own, up
// to eight for each core, and hands little of one back to the system. A worker's threads for tasks and for PostgreSQL
// come and go, and each time may take another arena, which then stays with what little is alive in it: over an hour of
// faults a worker grew by two fifths that way (docs/reliability.md).

enum ArenaLimit {
    /// glibc reads it when a process starts (mallopt(3)).
    static let variable = "MALLOC_ARENA_MAX"

    /// One for each event loop, which so rarely waits for another thread's, and two for all other threads.
    static func arenas(eventLoops: Int) -> String {
        String(eventLoops + 2)
    }
}
