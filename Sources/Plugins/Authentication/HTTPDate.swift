// The three forms of dates in HTTP headers (RFC 9110, section 5.6.7).

import Wire

enum HTTPDate {
    /// Epoch seconds of `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` or
    /// `Sun Nov  6 08:49:37 1994`; nil for other texts.
    static func seconds(_ text: [UInt8]) -> Int64? {
        let separators = Array(" ,-".utf8)
        var words = text.split { separators.contains($0) }.map { String(decoding: $0, as: UTF8.self) }
        guard words.count >= 5 else { return nil }
        words.removeFirst()
        // asctime's form begins with the month and ends with the year.
        if words[0].utf8.first.map(Ascii.isLetter) == true {
            guard words.count == 4 else { return nil }
            words = [words[1], words[0], words[3], words[2]]
        } else {
            guard words.count == 5, words[4] == "GMT" else { return nil }
        }
        guard let day = Int64(words[0]), let month = months.firstIndex(of: words[1]).map({ Int64($0 + 1) }),
            let year = year(words[2]), let time = time(words[3]), (1...31).contains(day)
        else { return nil }
        return days(year, month, day) * 86_400 + time
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Years of two digits up to 69 are of this century.
    private static func year(_ text: String) -> Int64? {
        guard let year = Int64(text), year >= 0, year < 10_000 else { return nil }
        return text.utf8.count > 2 ? year : year < 70 ? year + 2000 : year + 1900
    }

    private static func time(_ text: String) -> Int64? {
        let parts = text.split(separator: ":").compactMap { Int64($0) }
        guard parts.count == 3, (0..<24).contains(parts[0]), (0..<60).contains(parts[1]), (0...60).contains(parts[2])
        else { return nil }
        return parts[0] * 3600 + parts[1] * 60 + parts[2]
    }

    /// Days since 1970-01-01 in the Gregorian calendar, with years that begin in March.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shiftedYear = month > 2 ? year : year - 1
        let shiftedMonth = month > 2 ? month - 3 : month + 9
        let leapDays = shiftedYear / 4 - shiftedYear / 100 + shiftedYear / 400
        return shiftedYear * 365 + leapDays + (153 * shiftedMonth + 2) / 5 + day - 1 - 719_468
    }
}
