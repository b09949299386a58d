// response-ratelimiting: the upstream says in a header of its answers what a request cost; above a limit requests are
// refused.
//
// The policy `local` counts on this node, and so does `cluster` where this node is the whole cluster. Otherwise a
// request is answered with 500 rather than let through uncounted, as with rate-limiting.

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
    private let limits: [CountedLimit]
    private let counters: WindowCounters
    /// The answer to every request when the policy isn't served.
    private let refusal: Response?

    package init(_ config: Config, _ setup: Setup) {
        header = HeaderName(config.headerName)
        limitBy = config.limitBy
        blocksFirst = config.blockOnFirstViolation
        tellsClient = !config.hideClientHeaders
        let scope = "response-ratelimiting:\(setup.routeID ?? ""):\(setup.serviceID ?? "")"
        limits = config.limits.sorted { $0.key < $1.key }.map { CountedLimit($0, $1, scope: scope) }
        counters = setup.node.counters
        let countsHere = config.policy == .local || config.policy == .cluster && setup.node.isAlone
        refusal =
            countsHere
            ? nil
            : .message(
                500, "response-ratelimiting: the policy '\(config.policy.rawValue)' is not available on this node")
    }

    /// Tells the upstream what is left, or refuses.
    package func access(_ x: Exchange) -> Verdict {
        if let refusal { return .respond(refusal) }
        let client = client(x)
        let left = limits.map { $0.remaining(client, counters, now: x.nowMilliseconds) }
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
        let client = client(x)
        var exceeded: String?
        for limit in limits {
            let left = limit.remaining(client, counters, now: x.nowMilliseconds)
            let cost = costs[limit.name] ?? 0
            if tellsClient { limit.tell(x, left.map { max($0 - Double(cost), 0) }) }
            if cost > 0, left.contains(where: { $0 <= 0 }) { exceeded = exceeded ?? limit.name }
        }
        if let exceeded {
            x.response.replacement = .message(429, "API rate limit exceeded for '\(exceeded)'")
        } else {
            for limit in limits { limit.count(costs[limit.name] ?? 0, client, counters, now: x.nowMilliseconds) }
        }
    }

    private func client(_ x: Exchange) -> CounterKey {
        let identifier =
            switch limitBy {
            case .consumer: x.consumer?.id ?? x.credential?.id ?? x.clientAddress
            case .credential: x.credential?.id ?? x.clientAddress
            case .ip: x.clientAddress
            }
        return CounterKey(identifier.span, 0)
    }
}
