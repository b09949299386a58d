// The wall clock of an event loop, with the Date header of the current second ready to be copied.

import Glibc
import NIOCore
import Wire

final class LoopClock {
    private var dateSecond: Int64 = -1
    private var dateLine: [UInt8] = []

    /// Milliseconds since the epoch.
    func nowMilliseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// Appends `Date: ...` and the line end.
    func writeDate(to out: inout ByteBuffer) {
        let second = nowMilliseconds() / 1000
        if second != dateSecond {
            dateSecond = second
            var line = ByteBuffer()
            line.writeStaticString("Date: ")
            line.writeHTTPDate(epochSeconds: Int(second))
            line.writeStaticString("\r\n")
            dateLine = Array(line.readableBytesView)
        }
        out.writeBytes(dateLine)
    }
}
