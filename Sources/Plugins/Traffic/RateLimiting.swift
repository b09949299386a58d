// rate-limiting: so many requests a second, minute, hour, day, month or year for each consumer, credential or address.
//
// The policy `local` counts on this node, and so does `cluster` where this node is the whole cluster (an embedded store
// or none); elsewhere `cluster` counts in the database's table. `redis` counts in a Redis server, under Kong's keys.

import PluginKit
import Schema
import Wire

/// Refuses requests above a limit with 429.
package struct RateLimiting: AccessPhase {
    package static let declaration = PluginDeclaration(
        name: "rate-limiting", version: "1.0.0", priority: 901, config: Config.schema,
        runOn: ["first", "second"],
        checks: [.atLeastOneOf(CalendarPeriod.allCases.map { "config.\($0.rawValue)" })] + LimitPolicy.checks)

    package struct Config: Declared {
        package var second: Double?
        package var minute: Double?
        package var hour: Double?
        package var day: Double?
        package var month: Double?
        package var year: Double?
        package var limitBy = LimitIdentity.consumer
        package var policy = LimitPolicy.cluster
        package var faultTolerant = true
        package var redisHost: String?
        package var redisPort = 6379
        package var redisPassword: String?
        package var redisTimeout = 2000.0
        package var redisDatabase = 0
        package var hideClientHeaders = false

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("second", \.second, .greaterThan(0), doc: "Requests allowed in a second."),
            Field("minute", \.minute, .greaterThan(0), doc: "Requests allowed in a minute."),
            Field("hour", \.hour, .greaterThan(0), doc: "Requests allowed in an hour."),
            Field("day", \.day, .greaterThan(0), doc: "Requests allowed in a day."),
            Field("month", \.month, .greaterThan(0), doc: "Requests allowed in a month."),
            Field("year", \.year, .greaterThan(0), doc: "Requests allowed in a year."),
            Field("limit_by", \.limitBy, doc: "Whose requests are counted together; the address where there is none."),
            Field(
                "policy", \.policy, .lengthAtLeast(0),
                doc: "Where is counted: on this node, in the database, or in Redis."),
            Field("fault_tolerant", \.faultTolerant, doc: "Whether requests pass when the counters can't be reached."),
            Field("redis_host", \.redisHost, .host, doc: "The Redis server's host."),
            Field("redis_port", \.redisPort, .port, doc: "The Redis server's port."),
            Field("redis_password", \.redisPassword, .lengthAtLeast(0), doc: "The Redis server's password."),
            Field("redis_timeout", \.redisTimeout, doc: "Milliseconds to wait for the Redis server."),
            Field("redis_database", \.redisDatabase, doc: "The number of the Redis database."),
            Field("hide_client_headers", \.hideClientHeaders, doc: "Whether the client is not told the limits."),
        ]

        package static func verify(_ row: Row, in context: ValidationContext) -> String? {
            LimitOrder.violation(in: row, article: "The")
        }

        package func limit(_ period: CalendarPeriod) -> Double? {
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

    private struct Limit: Sendable {
        let period: CalendarPeriod
        let value: Double
        let valueText: [UInt8]
        let limitHeader: HeaderName
        let remainingHeader: HeaderName
        /// Keeps this period's counters apart from others', and this scope's from other scopes'.
        let salt: UInt64

        init(_ period: CalendarPeriod, _ value: Double, scope: String) {
            self.period = period
            self.value = value
            valueText = Array(value.luaText.utf8)
            limitHeader = HeaderName("X-RateLimit-Limit-\(period.rawValue)")
            remainingHeader = HeaderName("X-RateLimit-Remaining-\(period.rawValue)")
            salt = CounterKey.salt("ratelimit:\(scope):\(period.rawValue)")
        }

        /// What is left when that much was used before; never below 0.
        func remaining(_ used: Int) -> Double { max(0, value - Double(used)) }
    }

    /// What one period said about a request.
    private struct Usage {
        var used = 0
        var isTaken = false
        var isExceeded = false
    }

    private static let exceeded = Response.message(429, "API rate limit exceeded")

    private let limits: [Limit]
    private let limitBy: LimitIdentity
    private let tellsClient: Bool
    private let isFaultTolerant: Bool
    private let counters: WindowCounters
    /// Where the cluster counts; nil when this node does.
    private let cluster: ClusterScope?
    private let redis: RedisScope?

    package init(_ config: Config, _ setup: Setup) {
        // Kong counts by the scope of the configuration, not by what the request matched, and not by its consumer.
        let scope = "\(setup.routeID ?? SharedCounter.nobody):\(setup.serviceID ?? SharedCounter.nobody)"
        limits = CalendarPeriod.allCases.compactMap { period in
            config.limit(period).map { Limit(period, $0, scope: scope) }
        }
        limitBy = config.limitBy
        tellsClient = !config.hideClientHeaders
        isFaultTolerant = config.faultTolerant
        counters = setup.node.counters
        cluster = config.policy == .cluster && !setup.node.isAlone ? ClusterScope(.rateLimiting, setup) : nil
        redis = config.policy == .redis ? RedisScope("ratelimit", config.redis, setup) : nil
    }

    package func access(_ x: Exchange) -> Verdict {
        if let cluster { return ask(cluster, x) }
        if let redis { return ask(redis, x) }
        var usages = InlineArray<6, Usage>(repeating: Usage())
        let isAllowed = count(x, &usages)
        return decide(x, usages, isAllowed: isAllowed)
    }

    private func decide(_ x: Exchange, _ usages: InlineArray<6, Usage>, isAllowed: Bool) -> Verdict {
        if tellsClient {
            for index in limits.indices {
                tell(x, limits[index], usages[index], isAllowed: isAllowed)
            }
        }
        return isAllowed ? .next : .respond(Self.exceeded)
    }

    // MARK: - In the cluster

    private func ask(_ cluster: ClusterScope, _ x: Exchange) -> Verdict {
        guard let shared = cluster.counters, let resumption = Resumption(x) else { return unreachable }
        let identifier = String(decoding: limitBy.identifier(x), as: UTF8.self)
        let asked = limits.map { limit in
            (cluster.counter(identifier, limit.period, limit.period.rawValue, now: x.nowMilliseconds), limit.value)
        }
        shared.take(cluster.table, asked) { counts in
            resumption.resume { settle($0, counts) }
        }
        return .suspend
    }

    /// The first full period is the one that the request is told of.
    private func settle(_ x: Exchange, _ counts: [Int]?) -> Verdict {
        guard let counts else { return unreachable }
        var usages = InlineArray<6, Usage>(repeating: Usage())
        var isAllowed = true
        for (index, used) in counts.enumerated() {
            let isFull = Double(used) >= limits[index].value
            usages[index] = Usage(used: used, isTaken: false, isExceeded: isAllowed && isFull)
            if isFull { isAllowed = false }
        }
        return decide(x, usages, isAllowed: isAllowed)
    }

    private var unreachable: Verdict { isFaultTolerant ? .next : .respond(.unexpectedError) }

    // MARK: - In Redis

    private func ask(_ redis: RedisScope, _ x: Exchange) -> Verdict {
        guard let counters = x.redis, let resumption = Resumption(x) else { return unreachable }
        let identifier = limitBy.identifier(x)
        let asked = limits.map { limit in
            (counter: redis.counter(identifier, limit.period, now: x.nowMilliseconds), limit: limit.value)
        }
        counters.take(redis.server, asked) { result in
            resumption.resume { settle($0, result.countsOrComplaint($0, of: "rate-limiting")) }
        }
        return .suspend
    }

    // MARK: - On this node

    /// Counts the request in every period, or in none when one of them is full. Kong counts after the answer, which
    /// lets requests at the same time pass together; here the count is exact.
    private func count(_ x: Exchange, _ usages: inout InlineArray<6, Usage>) -> Bool {
        let client = counters.key(limitBy.identifier(x).span)
        var isAllowed = true
        for index in limits.indices {
            let key = client.salted(limits[index].salt)
            let window = limits[index].period.window(containing: x.nowMilliseconds)
            if isAllowed {
                let (used, isTaken) = counters.take(
                    key, limit: limits[index].value, window: window, now: x.nowMilliseconds)
                usages[index] = Usage(used: used, isTaken: isTaken, isExceeded: !isTaken)
                isAllowed = isTaken
            } else {
                usages[index].used = counters.count(key, windowStart: window.lowerBound)
            }
        }
        if !isAllowed { giveBack(client, usages, now: x.nowMilliseconds) }
        return isAllowed
    }

    private func giveBack(_ client: CounterKey, _ usages: InlineArray<6, Usage>, now: Int64) {
        for index in limits.indices where usages[index].isTaken {
            let window = limits[index].period.window(containing: now)
            counters.giveBack(client.salted(limits[index].salt), windowStart: window.lowerBound)
        }
    }

    /// An allowed request is one less for every period; a refused one is not.
    private func tell(_ x: Exchange, _ limit: borrowing Limit, _ usage: Usage, isAllowed: Bool) {
        let remaining = limit.remaining(isAllowed || usage.isExceeded ? usage.used + 1 : usage.used)
        x.response.edits.set(limit.limitHeader, limit.valueText)
        if let whole = Int(exactly: remaining) {
            x.response.edits.set(limit.remainingHeader, number: whole)
        } else {
            x.response.edits.set(limit.remainingHeader, remaining.luaText.utf8)
        }
    }
}

extension RateLimiting.Config {
    fileprivate var redis: RedisServer {
        RedisServer(
            host: redisHost, port: redisPort, password: redisPassword, database: Double(redisDatabase),
            timeout: redisTimeout)
    }
}
