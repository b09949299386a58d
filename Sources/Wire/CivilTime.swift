// Calendar dates from seconds since 1970, for the Date header and the access log. No Foundation, no C library:
// localtime takes a lock, and both texts are written once a second and event loop.

import NIOCore

/// A moment in UTC as calendar fields.
package struct CivilTime: Sendable, Equatable {
    package let year: Int
    /// 1...12
    package let month: Int
    /// 1...31
    package let day: Int
    package let hour: Int
    package let minute: Int
    package let second: Int
    /// 0 is Sunday.
    package let weekday: Int

    /// - Parameter epochSeconds: seconds since 1970-01-01T00:00:00Z, leap seconds not counted; may be negative.
    package init(epochSeconds: Int) {
        let secondsPerDay = 86_400
        let time = epochSeconds.floorModulo(secondsPerDay)
        let days = (epochSeconds - time) / secondsPerDay
        // Years that start in March put the leap day last; an era is 400 years or 146097 days.
        let shifted = days + 719_468
        let dayOfEra = shifted.floorModulo(146_097)
        let era = (shifted - dayOfEra) / 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        weekday = (days + 4).floorModulo(7)
        (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60)
    }

    package var monthName: StaticString {
        switch month {
        case 1: "Jan"
        case 2: "Feb"
        case 3: "Mar"
        case 4: "Apr"
        case 5: "May"
        case 6: "Jun"
        case 7: "Jul"
        case 8: "Aug"
        case 9: "Sep"
        case 10: "Oct"
        case 11: "Nov"
        default: "Dec"
        }
    }

    package var weekdayName: StaticString {
        switch weekday {
        case 0: "Sun"
        case 1: "Mon"
        case 2: "Tue"
        case 3: "Wed"
        case 4: "Thu"
        case 5: "Fri"
        default: "Sat"
        }
    }
}

extension ByteBuffer {
    /// Writes `Sat, 10 Oct 2026 13:55:36 GMT`, the form of the Date header (IMF-fixdate, RFC 9110 section 5.6.7).
    package mutating func writeHTTPDate(epochSeconds: Int) {
        let time = CivilTime(epochSeconds: epochSeconds)
        writeStaticString(time.weekdayName)
        writeStaticString(", ")
        writePadded(time.day)
        writeInteger(Ascii.space)
        writeStaticString(time.monthName)
        writeInteger(Ascii.space)
        writeYear(time.year)
        writeInteger(Ascii.space)
        writeClock(time)
        writeStaticString(" GMT")
    }

    /// Writes `[10/Oct/2026:13:55:36 +0000]`, as nginx's access log has it.
    ///
    /// - Parameter offsetSeconds: how far local time is ahead of UTC.
    package mutating func writeLogTime(epochSeconds: Int, offsetSeconds: Int = 0) {
        let time = CivilTime(epochSeconds: epochSeconds + offsetSeconds)
        let offsetMinutes = abs(offsetSeconds) / 60
        writeInteger(UInt8(ascii: "["))
        writePadded(time.day)
        writeInteger(Ascii.slash)
        writeStaticString(time.monthName)
        writeInteger(Ascii.slash)
        writeYear(time.year)
        writeInteger(Ascii.colon)
        writeClock(time)
        writeStaticString(offsetSeconds < 0 ? " -" : " +")
        writePadded(offsetMinutes / 60)
        writePadded(offsetMinutes % 60)
        writeInteger(UInt8(ascii: "]"))
    }

    private mutating func writeClock(_ time: CivilTime) {
        writePadded(time.hour)
        writeInteger(Ascii.colon)
        writePadded(time.minute)
        writeInteger(Ascii.colon)
        writePadded(time.second)
    }

    private mutating func writeYear(_ year: Int) {
        writePadded(year / 100)
        writePadded(year % 100)
    }

    /// Writes a number below 100 with two digits.
    private mutating func writePadded(_ number: Int) {
        writeInteger(UInt8(truncatingIfNeeded: number / 10 % 10) &+ Ascii.zero)
        writeInteger(UInt8(truncatingIfNeeded: number % 10) &+ Ascii.zero)
    }
}

extension Int {
    fileprivate func floorModulo(_ divisor: Int) -> Int {
        let rest = self % divisor
        return rest < 0 ? rest + divisor : rest
    }
}
