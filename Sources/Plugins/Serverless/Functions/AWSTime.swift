// A point in time as AWS signatures name it.

import Wire

/// `20150830T123600Z`, and the day of it.
package struct AWSTime {
    package let day: String
    package let text: String

    /// - Parameter milliseconds: since the epoch.
    package init(_ milliseconds: Int64) {
        let time = CivilTime(epochSeconds: Int(max(0, milliseconds / 1000)))
        day = Self.padded(time.year, 4) + Self.padded(time.month, 2) + Self.padded(time.day, 2)
        text = "\(day)T" + [time.hour, time.minute, time.second].map { Self.padded($0, 2) }.joined() + "Z"
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
