// response-ratelimiting: the upstream says in a header of its answers what a request cost; above a limit requests are
// refused.
//
// The policies are those of rate-limiting. In the cluster's table the counts are read when a request comes and grow
// when its answer is there, so that requests at the same time may pass together, as in Kong.

import PluginKit
import Schema
import Wire

/// Counts what upstreams say that answers cost.
package struct ResponseRateLimiting: AccessPhase, ResponseHeadPhase {
    package static let declaration = PluginDeclaration(
        name: "response-ratelimiting", version: "1.0.0", priority: 900, config: Config.schema,
        runOn: ["first", "second"], checks: LimitPolicy.checks)

    /// The limits of one thing that is counted.
    package struct Limits: Declared {
        package var second: Double?
        package var minute: Double?
        package var hour: Double?
        package var day: Double?
        package var month: Double?
        package var year: Double?

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("second", \.second, .greaterThan(0), doc: "Units allowed in a second."),
            Field("minute", \.minute, .greaterThan(0), doc: "Units allowed in a minute."),
            Field("hour", \.hour, .greaterThan(0), doc: "Units allowed in an hour."),
            Field("day", \.day, .greaterThan(0), doc: "Units allowed in a day."),
            Field("month", \.month, .greaterThan(0), doc: "Units allowed in a month."),
            Field("year", \.year, .greaterThan(0), doc: "Units allowed in a year."),
        ]

        package static let checks: [EntityCheck] = [.atLeastOneOf(CalendarPeriod.allCases.map(\.rawValue))]

        package static func verify(_ row: Row, in context: ValidationContext) -> String? {
            LimitOrder.violation(in: row, article: "the")
        }
    }

    package struct Config: Declared {
        package var headerName = "x-kong-limit"
        package var limitBy = LimitIdentity.consumer
        package var policy = LimitPolicy.cluster
        package var faultTolerant = true
        package var redisHost: String?
        package var redisPort = 6379
        package var redisPassword: String?
        package var redisTimeout = 2000.0
        package var redisDatabase = 0.0
        package var blockOnFirstViolation = false
        package var hideClientHeaders = false
        package var limits: [String: Limits] = [:]

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("header_name", \.headerName, doc: "The upstream's header that says what to count."),
            Field("limit_by", \.limitBy, doc: "Whose requests are counted together."),
            Field("policy", \.policy, doc: "Where is counted: on this node, in the database, or in Redis."),
            Field("fault_tolerant", \.faultTolerant, doc: "Whether requests pass when the counters can't be reached."),
            Field("redis_host", \.redisHost, .host, doc: "The Redis server's host."),
            Field("redis_port", \.redisPort, .port, doc: "The Redis server's port."),
            Field("redis_password", \.redisPassword, .lengthAtLeast(0), doc: "The Redis server's password."),
            Field("redis_timeout", \.redisTimeout, doc: "Milliseconds to wait for the Redis server."),
            Field("redis_database", \.redisDatabase, doc: "The number of the Redis database."),
            Field(
                "block_on_first_violation", \.blockOnFirstViolation,
                doc: "Whether one used-up limit refuses requests whatever they would count for."),
            Field("hide_client_headers", \.hideClientHeaders, doc: "Whether the client is not told the limits."),
            Field(
                "limits", \.limits, .required, .lengthAtLeast(1), .each(.defaulted),
                doc: "Limits by the name of what is counted."),
        ]
    }

    private let header: HeaderName
    private let limitBy: LimitIdentity
    private let blocksFirst: Bool
    private let tellsClient: Bool
    private let isFaultTolerant: Bool
    private let limits: [CountedLimit]
    private let counters: WindowCounters
    /// Where the cluster counts; nil when this node does.
    private let cluster: ClusterScope?
    private let redis: RedisScope?

    package init(_ config: Config, _ setup: Setup) {
        header = HeaderName(config.headerName)
        limitBy = config.limitBy
        blocksFirst = config.blockOnFirstViolation
        tellsClient = !config.hideClientHeaders
        isFaultTolerant = config.faultTolerant
        let scope = "response-ratelimiting:\(setup.routeID ?? ""):\(setup.serviceID ?? "")"
        limits = config.limits.sorted { $0.key < $1.key }.map { CountedLimit($0, $1, scope: scope) }
        counters = setup.node.counters
        let isShared = config.policy == .cluster && !setup.node.isAlone
        cluster = isShared ? ClusterScope(.responseRateLimiting, setup) : nil
        redis = config.policy == .redis ? RedisScope("response-ratelimit", config.redis, setup) : nil
    }

    /// Tells the upstream what is left, or refuses.
    package func access(_ x: Exchange) -> Verdict {
        if let cluster { return ask(cluster, x) }
        if let redis { return ask(redis, x) }
        let client = counters.key(limitBy.identifier(x).span)
        return begin(x, limits.map { $0.remaining(client, counters, now: x.nowMilliseconds) })
    }

    private func ask(_ cluster: ClusterScope, _ x: Exchange) -> Verdict {
        guard let shared = cluster.counters, let resumption = Resumption(x) else { return unreachable }
        let identifier = identifier(x)
        let asked = limits.flatMap { $0.counters(cluster, identifier, now: x.nowMilliseconds) }
        shared.read(cluster.table, asked) { counts in
            resumption.resume { x in
                guard let counts else { return unreachable }
                x.sharedCounts = counts
                return begin(x, remaining(counts))
            }
        }
        return .suspend
    }

    private func ask(_ redis: RedisScope, _ x: Exchange) -> Verdict {
        guard let counters = x.redis, let resumption = Resumption(x) else { return unreachable }
        let identifier = limitBy.identifier(x)
        let asked = limits.flatMap { $0.counters(redis, identifier, now: x.nowMilliseconds) }
        counters.read(redis.server, asked) { result in
            resumption.resume { x in
                guard let counts = result.countsOrComplaint(x, of: "response-ratelimiting") else { return unreachable }
                x.sharedCounts = counts
                return begin(x, remaining(counts))
            }
        }
        return .suspend
    }

    private var unreachable: Verdict { isFaultTolerant ? .next : .respond(.unexpectedError) }

    private func begin(_ x: Exchange, _ left: [[Double]]) -> Verdict {
        if blocksFirst, let place = left.firstIndex(where: { $0.contains { $0 <= 0 } }) {
            return .respond(.message(429, "API rate limit exceeded for '\(limits[place].name)'"))
        }
        for (limit, left) in zip(limits, left) {
            x.request.edits.set(limit.upstreamHeader, max(left.min() ?? 0, 0).luaText.utf8)
        }
        return .next
    }

    /// Counts what the answer cost and tells the client; an answer that nothing was left for is kept back.
    package func responseHead(_ x: Exchange) {
        // What `access` told the upstream shows that it ran.
        guard let first = limits.first, x.request.edits.concerns(first.upstreamHeader) else { return }
        let costs = CountedCost.read(x.response.received(header) ?? [])
        x.response.edits.remove(header)
        let client = counters.key(limitBy.identifier(x).span)
        let left =
            cluster == nil && redis == nil
            ? limits.map { $0.remaining(client, counters, now: x.nowMilliseconds) } : remaining(x.sharedCounts)
        var exceeded: String?
        for (limit, left) in zip(limits, left) {
            let cost = costs[limit.name] ?? 0
            if tellsClient { limit.tell(x, left.map { max($0 - Double(cost), 0) }) }
            if cost > 0, left.contains(where: { $0 <= 0 }) { exceeded = exceeded ?? limit.name }
        }
        if let exceeded {
            x.response.replacement = .message(429, "API rate limit exceeded for '\(exceeded)'")
        } else if let cluster {
            count(costs, cluster, x)
        } else if let redis {
            count(costs, redis, x)
        } else {
            for limit in limits { limit.count(costs[limit.name] ?? 0, client, counters, now: x.nowMilliseconds) }
        }
    }

    /// All periods of a limit grow, those that are not limited as well: so does Kong's table.
    private func count(_ costs: [String: Int], _ cluster: ClusterScope, _ x: Exchange) {
        var amounts: [SharedCounter: Int] = [:]
        let identifier = identifier(x)
        for limit in limits {
            guard let cost = costs[limit.name], cost > 0 else { continue }
            for period in CalendarPeriod.allCases {
                let name = "\(limit.name)_\(period.rawValue)"
                amounts[cluster.counter(identifier, period, name, now: x.nowMilliseconds)] = cost
            }
        }
        if !amounts.isEmpty { cluster.counters?.add(cluster.table, amounts) }
    }

    /// The same in Redis.
    private func count(_ costs: [String: Int], _ redis: RedisScope, _ x: Exchange) {
        let identifier = limitBy.identifier(x)
        var amounts: [(counter: RedisCounter, amount: Int)] = []
        for limit in limits {
            guard let cost = costs[limit.name], cost > 0 else { continue }
            for period in CalendarPeriod.allCases {
                amounts.append((redis.counter(identifier, period, name: limit.name, now: x.nowMilliseconds), cost))
            }
        }
        if !amounts.isEmpty { x.redis?.add(redis.server, amounts, sender: "response-ratelimiting") }
    }

    /// What is left by limit and period when that much was counted.
    private func remaining(_ counts: [Int]) -> [[Double]] {
        var rest = counts[...]
        return limits.map { limit in
            defer { rest = rest.dropFirst(limit.periodCount) }
            return limit.remaining(after: rest)
        }
    }

    private func identifier(_ x: Exchange) -> String {
        String(decoding: limitBy.identifier(x), as: UTF8.self)
    }
}

extension ResponseRateLimiting.Config {
    fileprivate var redis: RedisServer {
        RedisServer(
            host: redisHost, port: redisPort, password: redisPassword, database: redisDatabase, timeout: redisTimeout)
    }
}
