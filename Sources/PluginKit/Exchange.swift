// One request and its answer, as plugins see them. Each connection has one Exchange and uses it again for every
// request, so that a request costs no allocation of its own.

import NIOCore
import Schema
import Wire

/// Continues an exchange that a plugin suspended.
package protocol ExchangeDriver: AnyObject {
    func resume(_ exchange: Exchange, with verdict: Verdict)
    /// The path that the request is to have upstream, without the query.
    var upstreamPath: [UInt8] { get }
}

/// A request, its answer, and what the gateway knows about both.
package final class Exchange {
    package let request = ExchangeRequest()
    package let response = ExchangeResponse()

    /// Consumers and credentials as of the request's head.
    package var directory = Directory()
    package var route: RouteInfo?
    package var service: ServiceInfo?
    /// The authenticated consumer.
    package private(set) var consumer: ConsumerInfo?
    package private(set) var credential: CredentialInfo?
    /// The address of the client (after real-IP processing) as text.
    package var clientAddress: [UInt8] = []
    /// The gateway's own side of the connection.
    package var serverAddress: [UInt8] = []
    package var serverPort = 0
    package var isTLS = false
    /// Whether the peer is one of `trusted_ips`, whose X-Forwarded headers count.
    package var isFromTrustedPeer = false
    /// Number of the connection, and of the request on it, both from 1.
    package var connectionSerial: UInt64 = 0
    package var requestNumber = 0
    /// When the request's head was complete, in milliseconds since the epoch.
    package var startedAtMilliseconds: Int64 = 0
    /// The current time in milliseconds since the epoch, as of the current phase.
    package var nowMilliseconds: Int64 = 0
    /// Milliseconds until the plugins were done and until the upstream's head had come, as in Kong's latency headers;
    /// nil when no upstream was asked. Set before the log phase.
    package var proxyMilliseconds: Int64?
    package var upstreamMilliseconds: Int64?
    /// What was noted for log entries; nil where no plugin of the chain writes any. Set before the log phase.
    package var logFacts: LogFacts?
    /// The entry, once a plugin has asked for it.
    var logEntry: [UInt8]?
    /// What zipkin knows of the trace that the request belongs to; nil without that plugin.
    package var trace: Trace?
    /// Where random ids come from; seeded when the connection needs the first one.
    package var traceRandom: TraceRandom?
    /// What response-ratelimiting read from the cluster's counters when the request came.
    package var sharedCounts: [Int] = []
    /// Which step of the chain runs; the data plane's.
    package var step = 0
    /// The step during which the consumer became known; later ones may be configured for that consumer.
    package private(set) var consumerStep = Int.max

    /// What functions keep until the request ends.
    package var attachment: AnyObject?

    /// The loop that everything here belongs to.
    package var eventLoop: (any EventLoop)?
    /// The number of that loop, from 0: which shard of the node's counters is its own.
    package var loopNumber = 0
    package weak var driver: (any ExchangeDriver)?
    /// The loop's way out for plugins; nil where there is none, as in tests without one.
    package weak var outbound: (any Outbound)?
    /// The loop's way to LDAP servers; nil where there is none.
    package weak var ldap: (any LDAPClient)?

    /// The loop's counters in Redis; nil where there are none, as in tests.
    package weak var redis: (any RedisCounters)?
    /// Counts the requests that the exchange has served, over all connections.
    private(set) var turn: UInt64 = 0

    package init() {}

    /// Makes the exchange ready for the next request on its connection.
    package func reset() {
        turn &+= 1
        request.reset()
        response.reset()
        route = nil
        service = nil
        consumer = nil
        credential = nil
        step = 0
        consumerStep = Int.max
        proxyMilliseconds = nil
        upstreamMilliseconds = nil
        if logFacts != nil { logFacts = nil }
        if logEntry != nil { logEntry = nil }
        if trace != nil { trace = nil }
        if attachment != nil { attachment = nil }
        if !sharedCounts.isEmpty { sharedCounts = [] }
    }

    /// Remembers who the client is. Later plugins see it and may be configured for that consumer.
    package func identify(_ consumer: ConsumerInfo?, _ credential: CredentialInfo?) {
        self.consumer = consumer
        self.credential = credential
        consumerStep = consumer == nil ? Int.max : step
        consumer?.isCached = true
    }

    /// The credential of that kind with that key.
    package func credential(_ kind: CredentialKind, _ key: borrowing Span<UInt8>) -> CredentialInfo? {
        let credential = directory.credentials[kind.index].find(key)
        credential?.isCached = true
        return credential
    }

    /// The rows under that key; none when there is no such key.
    package func rows(_ table: LookupTable, _ key: [UInt8]) -> [Row] {
        directory.lookups[table.index].find(key)?.rows ?? []
    }

    /// The path that the request is to have upstream, without the query.
    package var upstreamPath: [UInt8] { driver?.upstreamPath ?? request.copy(request.head.path) }

    /// Ends a suspension. To be called once, on the exchange's event loop.
    package func resume(_ verdict: Verdict) {
        driver?.resume(self, with: verdict)
    }
}
