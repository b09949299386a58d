// One thing that response-ratelimiting counts, with its limits, and what an upstream's header says of costs.

import PluginKit
import Schema
import Wire

/// The limits of one name, ready to count with.
struct CountedLimit: Sendable {
    private struct Period: Sendable {
        let calendar: CalendarPeriod
        let limit: Double
        let limitHeader: HeaderName
        let remainingHeader: HeaderName
        /// Keeps these counters apart from those of other names, periods and scopes.
        let salt: UInt64
    }

    let name: String
    /// What the upstream is told in: the least that is left.
    let upstreamHeader: HeaderName
    private let periods: [Period]

    init(_ name: String, _ limits: ResponseRateLimiting.Limits, scope: String) {
        self.name = name
        upstreamHeader = HeaderName("X-RateLimit-Remaining-\(name)")
        periods = CalendarPeriod.allCases.compactMap { calendar in
            guard let limit = limits.limit(calendar) else { return nil }
            return Period(
                calendar: calendar, limit: limit,
                limitHeader: HeaderName("X-RateLimit-Limit-\(name)-\(calendar.rawValue)"),
                remainingHeader: HeaderName("X-RateLimit-Remaining-\(name)-\(calendar.rawValue)"),
                salt: CounterKey.salt("\(scope):\(name):\(calendar.rawValue)"))
        }
    }

    /// What is left in each period; not below zero unless a cost went beyond the limit.
    func remaining(_ client: CounterKey, _ counters: WindowCounters, now: Int64) -> [Double] {
        periods.map { period in
            let window = period.calendar.window(containing: now)
            let used = counters.count(client.salted(period.salt), windowStart: window.lowerBound)
            return period.limit - Double(used)
        }
    }

    var periodCount: Int { periods.count }

    /// The cluster's counters of the limited periods.
    func counters(_ cluster: ClusterScope, _ identifier: String, now: Int64) -> [SharedCounter] {
        periods.map { cluster.counter(identifier, $0.calendar, "\(name)_\($0.calendar.rawValue)", now: now) }
    }

    /// The same in Redis.
    func counters(_ redis: RedisScope, _ identifier: [UInt8], now: Int64) -> [RedisCounter] {
        periods.map { redis.counter(identifier, $0.calendar, name: name, now: now) }
    }

    /// The same for counts that were read elsewhere.
    func remaining(after counts: ArraySlice<Int>) -> [Double] {
        zip(periods, counts).map { $0.limit - Double($1) }
    }

    func count(_ cost: Int, _ client: CounterKey, _ counters: WindowCounters, now: Int64) {
        guard cost > 0 else { return }
        for period in periods {
            let window = period.calendar.window(containing: now)
            counters.add(
                cost, to: client.salted(period.salt), windowStart: window.lowerBound, windowEnd: window.upperBound,
                now: now)
        }
    }

    /// Tells the client the limits and what is left of them.
    func tell(_ x: Exchange, _ remaining: [Double]) {
        for (period, left) in zip(periods, remaining) {
            x.response.edits.set(period.limitHeader, period.limit.luaText.utf8)
            x.response.edits.set(period.remainingHeader, left.luaText.utf8)
        }
    }
}

enum CountedCost {
    /// Reads `video=1, image=2`; what has another form is passed over.
    static func read(_ header: [UInt8]) -> [String: Int] {
        var costs: [String: Int] = [:]
        for part in String(decoding: header, as: UTF8.self).split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1).map { stripped($0) }
            guard pair.count == 2, let cost = Int(pair[1]), (0...Int(Int32.max)).contains(cost) else { continue }
            costs[String(pair[0])] = cost
        }
        return costs
    }

    /// Without the blanks around it.
    private static func stripped(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}

extension ResponseRateLimiting.Limits {
    fileprivate func limit(_ period: CalendarPeriod) -> Double? {
        switch period {
        case .second: second
        case .minute: minute
        case .hour: hour
        case .day: day
        case .month: month
        case .year: year
        }
    }
}
