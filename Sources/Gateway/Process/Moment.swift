// Time as the processes of a node measure it: seconds of a clock that never jumps.

import Glibc

package enum Moment {
    /// Seconds since some moment in the past.
    package static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    package static func sleep(_ seconds: Double) {
        guard seconds > 0 else { return }
        let end = now + seconds
        while now < end {
            var rest = timespec(end - now)
            nanosleep(&rest, nil)
        }
    }
}

extension timespec {
    init(_ seconds: Double) {
        let whole = seconds.rounded(.down)
        self.init(tv_sec: time_t(whole), tv_nsec: Int((seconds - whole) * 1e9))
    }
}
