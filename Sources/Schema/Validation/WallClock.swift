// The time of day, read without Foundation.

import Glibc

package enum WallClock {
    /// Epoch seconds with a fraction.
    package static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
