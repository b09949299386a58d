// The periods that limits are counted in: seconds, hours, days and so on of the calendar, in UTC, and not spans that
// start with a client's first request.

/// A period of the calendar.
package enum CalendarPeriod: String, CaseIterable, Sendable {
    // From the shortest to the longest.
    case second, minute, hour, day, month, year

    /// The period that a time falls into; times are milliseconds since the epoch.
    package func window(containing time: Int64) -> Range<Int64> {
        switch self {
        case .second: Self.window(time, length: 1000)
        case .minute: Self.window(time, length: 60_000)
        case .hour: Self.window(time, length: 3_600_000)
        case .day: Self.window(time, length: Self.dayLength)
        case .month: Self.monthWindow(time)
        case .year: Self.yearWindow(time)
        }
    }

    private static let dayLength: Int64 = 86_400_000

    private static func window(_ time: Int64, length: Int64) -> Range<Int64> {
        let start = floor(time, length) * length
        return start..<(start + length)
    }

    private static func monthWindow(_ time: Int64) -> Range<Int64> {
        let (year, month) = date(ofDay: floor(time, dayLength))
        let next = month == 12 ? day(year + 1, 1) : day(year, month + 1)
        return (day(year, month) * dayLength)..<(next * dayLength)
    }

    private static func yearWindow(_ time: Int64) -> Range<Int64> {
        let year = date(ofDay: floor(time, dayLength)).year
        return (day(year, 1) * dayLength)..<(day(year + 1, 1) * dayLength)
    }

    // The arithmetic below lets years start on 1 March: then the leap day is a year's last day, and the months from
    // March on have 31, 30, 31, 30, 31 days in turns, which makes (153 m + 2) / 5 days before the m-th of them.
    // 400 years have 146,097 days; 719,468 days lie between 1 March of the year 0 and the epoch.

    /// The number of days from the epoch to the first of a month.
    private static func day(_ year: Int64, _ month: Int64) -> Int64 {
        let shiftedYear = month > 2 ? year : year - 1
        let shiftedMonth = month > 2 ? month - 3 : month + 9
        let leapDays = floor(shiftedYear, 4) - floor(shiftedYear, 100) + floor(shiftedYear, 400)
        return shiftedYear * 365 + leapDays + (153 * shiftedMonth + 2) / 5 - 719_468
    }

    /// The year and month that a day, counted from the epoch, lies in.
    private static func date(ofDay day: Int64) -> (year: Int64, month: Int64) {
        let shifted = day + 719_468
        let cycle = floor(shifted, 146_097)
        let dayOfCycle = shifted - cycle * 146_097
        // Leap days up to here are taken out, so that every year counts 365 days.
        let leapDays = dayOfCycle / 1460 - dayOfCycle / 36_524 + dayOfCycle / 146_096
        let yearOfCycle = (dayOfCycle - leapDays) / 365
        let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let year = cycle * 400 + yearOfCycle
        return shiftedMonth < 10 ? (year, shiftedMonth + 3) : (year + 1, shiftedMonth - 9)
    }

    /// Division that rounds down, for times before the epoch as well.
    private static func floor(_ value: Int64, _ divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }
}
