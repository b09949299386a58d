// A rule that the limiting plugins share: nobody can be allowed less in an hour than in a minute of it.

import Schema

/// The check that longer periods have limits at least as high as shorter ones.
enum LimitOrder {
    /// Kong's text for the first pair that is the wrong way round; the plugins begin it in different ways.
    static func violation(in row: Row, article: String) -> String? {
        let limits = CalendarPeriod.allCases.compactMap { period in
            row[period.rawValue]?.number.map { (name: period.rawValue, value: $0) }
        }
        for (place, shorter) in limits.enumerated() {
            for longer in limits.dropFirst(place + 1) where longer.value < shorter.value {
                return "\(article) limit for \(longer.name)(\(text(longer.value))) cannot be lower than "
                    + "the limit for \(shorter.name)(\(text(shorter.value)))"
            }
        }
        return nil
    }

    /// With one decimal, as C's `%.1f`.
    private static func text(_ value: Double) -> String {
        guard let tenths = Int(exactly: (value * 10).rounded(.toNearestOrEven)) else { return value.luaText }
        return "\(tenths / 10).\(tenths % 10)"
    }
}
