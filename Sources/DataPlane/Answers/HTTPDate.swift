// The times in Date and Expires, in the three forms that RFC 9110 (section 5.6.7) knows.

import Glibc
import Wire

enum HTTPDate {
    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    /// Seconds since the epoch; nil for what is no time.
    static func seconds(_ text: [UInt8]) -> Int? {
        let words = text.split { !Ascii.isLetter($0) && !Ascii.isDigit($0) }.map {
            String(decoding: $0.map(Ascii.lowercased), as: UTF8.self)
        }
        // Sun, 06 Nov 1994 08:49:37 GMT; Sunday, 06-Nov-94 08:49:37 GMT
        if words.count == 8, words[7] == "gmt" { return time(words[1], words[2], words[3], words[4...6]) }
        // Sun Nov  6 08:49:37 1994
        if words.count == 7 { return time(words[2], words[1], words[6], words[3...5]) }
        return nil
    }

    private static func time(_ day: String, _ month: String, _ year: String, _ clock: ArraySlice<String>) -> Int? {
        let numbers = clock.compactMap { Int32($0) }
        guard let day = Int32(day), let month = months.firstIndex(of: month), let year = Int32(year),
            numbers.count == 3, (1...31).contains(day), (0...9999).contains(year), numbers[0] < 24, numbers[1] < 60,
            numbers[2] <= 60
        else { return nil }
        var parts = tm()
        // Two digits stand for a year near now, as in nginx: up to 69 for this century's.
        parts.tm_year = year >= 100 ? year - 1900 : year < 70 ? year + 100 : year
        (parts.tm_mon, parts.tm_mday) = (Int32(month), day)
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (numbers[0], numbers[1], numbers[2])
        return timegm(&parts)
    }
}
