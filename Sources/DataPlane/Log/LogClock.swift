// Local time as the logs write it, formatted once a second instead of once a line. One clock per event loop.

import Glibc

/// Caches the formatted time of the current second; not for use from two threads.
package final class LogClock {
    private var second: time_t = -1
    private var formatted: [UInt8] = []

    package init() {
        tzset()
    }

    /// `24/Nov/2026:10:00:00 +0000`, nginx's $time_local.
    var accessTime: [UInt8] {
        var now = timespec()
        // The coarse clock is read without a system call and is exact enough for whole seconds.
        clock_gettime(CLOCK_REALTIME_COARSE, &now)
        if now.tv_sec != second {
            second = now.tv_sec
            formatted = LogClock.accessTime(at: second)
        }
        return formatted
    }

    /// `2026-11-24T10:00:00+00:00`, nginx's $time_iso8601.
    var isoTime: [UInt8] {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &now)
        return LogClock.isoTime(at: now.tv_sec)
    }

    static func isoTime(at second: time_t) -> [UInt8] {
        let parts = local(second)
        var out = LogChunk(file: .off, blockBytes: 64)
        out.append(decimal: Int(parts.tm_year) + 1900, width: 4)
        out.append("-")
        out.append(decimal: Int(parts.tm_mon) + 1, width: 2)
        out.append("-")
        out.append(decimal: Int(parts.tm_mday), width: 2)
        out.append("T")
        appendTime(parts, to: &out)
        out.append(parts.tm_gmtoff < 0 ? "-" : "+")
        out.append(decimal: abs(parts.tm_gmtoff) / 3600, width: 2)
        out.append(":")
        out.append(decimal: abs(parts.tm_gmtoff) / 60 % 60, width: 2)
        return out.withBytes { Array($0) }
    }

    static func accessTime(at second: time_t) -> [UInt8] {
        let parts = local(second)
        let offset = abs(parts.tm_gmtoff) / 60
        let months: [StaticString] = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        var out = LogChunk(file: .off, blockBytes: 64)
        out.append(decimal: Int(parts.tm_mday), width: 2)
        out.append("/")
        out.append(months[Int(parts.tm_mon)])
        out.append("/")
        out.append(decimal: Int(parts.tm_year) + 1900, width: 4)
        out.append(":")
        appendTime(parts, to: &out)
        out.append(parts.tm_gmtoff < 0 ? " -" : " +")
        out.append(decimal: offset / 60, width: 2)
        out.append(decimal: offset % 60, width: 2)
        return out.withBytes { Array($0) }
    }

    /// Appends `2026/11/24 10:00:00`, the time of the error log.
    static func appendErrorTime(at second: time_t, to out: inout LogChunk) {
        let parts = local(second)
        out.append(decimal: Int(parts.tm_year) + 1900, width: 4)
        out.append("/")
        out.append(decimal: Int(parts.tm_mon) + 1, width: 2)
        out.append("/")
        out.append(decimal: Int(parts.tm_mday), width: 2)
        out.append(" ")
        appendTime(parts, to: &out)
    }

    private static func appendTime(_ parts: tm, to out: inout LogChunk) {
        out.append(decimal: Int(parts.tm_hour), width: 2)
        out.append(":")
        out.append(decimal: Int(parts.tm_min), width: 2)
        out.append(":")
        out.append(decimal: Int(parts.tm_sec), width: 2)
    }

    private static func local(_ second: time_t) -> tm {
        var second = second
        var parts = tm()
        localtime_r(&second, &parts)
        return parts
    }
}
