// The monotonic clock as balancers read it.

import NIOCore

struct Uptime {
    static var now: Uptime { Uptime(nanoseconds: NIODeadline.now().uptimeNanoseconds) }

    let nanoseconds: UInt64

    /// They wrap around after 49 days.
    var milliseconds: UInt32 { UInt32(truncatingIfNeeded: nanoseconds / 1_000_000) }

    func microseconds(since start: Uptime) -> Float {
        Float(nanoseconds &- start.nanoseconds) / 1000
    }
}
