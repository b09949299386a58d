// Calendar windows in UTC.

import Plugins
import Testing

@Suite struct CalendarPeriodTests {
    /// 2024-02-29T12:34:56.789Z
    private static let leapDay: Int64 = 1_709_210_096_789

    @Test(arguments: [
        (CalendarPeriod.second, 1_709_210_096_000, 1000), (.minute, 1_709_210_040_000, 60_000),
        (.hour, 1_709_208_000_000, 3_600_000), (.day, 1_709_164_800_000, 86_400_000),
        (.month, 1_706_745_600_000, 29 * 86_400_000), (.year, 1_704_067_200_000, 366 * 86_400_000),
    ])
    func `a time lies in its period`(period: CalendarPeriod, start: Int64, length: Int64) {
        #expect(period.window(containing: Self.leapDay) == start..<(start + length))
        #expect(period.window(containing: start).lowerBound == start)
        #expect(period.window(containing: start - 1).upperBound == start)
    }

    @Test func `months and years follow each other without a gap from 1880 to 2120`() {
        for period in [CalendarPeriod.month, .year] {
            var time: Int64 = -2_840_140_800_000
            while time < 4_733_510_400_000 {
                let window = period.window(containing: time)
                #expect(window.lowerBound <= time && time < window.upperBound)
                #expect(period.window(containing: window.upperBound - 1) == window)
                #expect(period.window(containing: window.upperBound).lowerBound == window.upperBound)
                time = window.upperBound
            }
        }
    }

    @Test func `centuries are leap years every fourth time`() {
        // 2000-03-01 and 2100-03-01.
        #expect(CalendarPeriod.month.window(containing: 951_868_800_000 - 1).count == 29 * 86_400_000)
        #expect(CalendarPeriod.month.window(containing: 4_107_542_400_000 - 1).count == 28 * 86_400_000)
    }
}
