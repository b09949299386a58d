// Time as the tests see it: a clock that only goes forward, and waiting for something that should come soon.

import Glibc

enum Moment {
    /// Seconds of the monotonic clock.
    static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// Waits until a condition holds; one that throws does not.
func eventually(within seconds: Double = 3, _ condition: () throws -> Bool) -> Bool {
    let end = Moment.now + seconds
    while true {
        if (try? condition()) == true { return true }
        if Moment.now >= end { return false }
        usleep(5000)
    }
}
