// What one event loop has for itself: its view of the configuration, pools, timers, clock, logs and scratch memory.
// Only that loop touches it, so nothing here is locked.

import NIOCore
import NIOSSL
import PluginKit

/// What all event loops of a worker share.
package struct WorkerShared: Sendable {
    package let configuration: ProxyConfiguration
    package let source: SnapshotSource
    package let resolver: Resolver
    package let logWriter: LogWriter
    package let accessLog: LogFile
    package let adminAccessLog: LogFile
    package let errorLog: ErrorLog
    package let injectedLogs: InjectedLogs
    /// For connections to https upstreams.
    package let upstreamTLS: NIOSSLContext?
    /// For connections to upstreams of protocol grpcs.
    package let upstreamHTTP2TLS: NIOSSLContext?
    /// For what plugins send.
    package let trust: TrustedTLS
    package let systemLog = SystemLog()
    let team = LoopTeam()

    package init(
        configuration: ProxyConfiguration, source: SnapshotSource, resolver: Resolver, logWriter: LogWriter,
        accessLog: LogFile, adminAccessLog: LogFile, errorLog: ErrorLog, upstreamTLS: NIOSSLContext?,
        upstreamHTTP2TLS: NIOSSLContext? = nil, injectedLogs: InjectedLogs = InjectedLogs(),
        trust: TrustedTLS = TrustedTLS()
    ) {
        self.configuration = configuration
        self.source = source
        self.resolver = resolver
        self.logWriter = logWriter
        self.accessLog = accessLog
        self.adminAccessLog = adminAccessLog
        self.errorLog = errorLog
        self.injectedLogs = injectedLogs
        self.upstreamTLS = upstreamTLS
        self.upstreamHTTP2TLS = upstreamHTTP2TLS
        self.trust = trust
    }
}

/// A connection with a client, as the end of a worker concerns it.
protocol Drainable: AnyObject {
    /// Ends the connection after what is under way.
    func drain()
    /// Ends the connection, whatever is under way.
    func cutOff()
}

/// The state of one event loop.
package final class LoopContext {
    package let loop: any EventLoop
    package let statistics: LoopStatistics
    let configuration: ProxyConfiguration
    let source: SnapshotSource
    let resolver: LoopResolver
    let pool: UpstreamPool
    let timers: TimerWheel
    let balancers = LoopBalancers()
    let clock = LoopClock()
    let routerScratch = RouterScratch()
    /// Where header blocks of HTTP/2 are unpacked.
    private(set) lazy var headerScratch = HeaderScratch(limit: configuration.limits.http2.headerBlockBytes)
    private var spareStreams: [ObjectIdentifier: SpareStreams] = [:]
    /// The configuration of connections that serve nobody.
    let nothing = Snapshot.empty()
    let accessLog: LogBuffer
    let adminAccessLog: LogBuffer
    /// What requests are logged to: the two above and further ones.
    let proxyLogs: AccessLogs
    let adminLogs: AccessLogs
    let errorLog: ErrorLog
    /// What functions in Lua keep on this event loop.
    var functionState: AnyObject?
    let logWriter: LogWriter
    let systemLog: SystemLog
    let trust: TrustedTLS
    let team: LoopTeam
    /// What plugins send on their own account.
    package private(set) lazy var outbound = LoopOutbound(self)
    private(set) lazy var ldap = LoopLDAP(self)
    private(set) lazy var redis = LoopRedis(self)
    /// What injected directives do to answers; nil where there are none.
    let proxyFilter: AnswerFilter?
    let adminFilter: AnswerFilter?
    /// Set when the worker is to end after the requests under way.
    private(set) var isDraining = false
    private var snapshot: Snapshot
    private var connections: [ObjectIdentifier: any Drainable] = [:]
    private var serial: UInt64 = 0
    private var onIdle: (() -> Void)?

    package init(loop: any EventLoop, shared: WorkerShared, statistics: LoopStatistics) {
        self.loop = loop
        self.statistics = statistics
        configuration = shared.configuration
        source = shared.source
        snapshot = shared.source.newest
        resolver = LoopResolver(shared.resolver, loop: loop)
        timers = TimerWheel(loop: loop)
        pool = UpstreamPool(
            loop: loop, limits: shared.configuration.limits, capacity: shared.configuration.upstreamKeepalive,
            tls: shared.upstreamTLS, http2TLS: shared.upstreamHTTP2TLS, statistics: statistics)
        let logClock = LogClock()
        accessLog = LogBuffer(
            file: shared.accessLog, writer: shared.logWriter, eventLoop: loop, clock: logClock,
            format: configuration.accessFormat, condition: configuration.accessCondition)
        adminAccessLog = LogBuffer(
            file: shared.adminAccessLog, writer: shared.logWriter, eventLoop: loop, clock: logClock,
            format: configuration.adminAccessFormat, condition: configuration.adminAccessCondition)
        func open(_ log: InjectedLogs.Log) -> LogBuffer {
            LogBuffer(
                file: log.file, writer: shared.logWriter, eventLoop: loop, clock: logClock, format: log.format,
                condition: log.condition)
        }
        proxyLogs = AccessLogs(accessLog, shared.injectedLogs.proxy, open: open)
        adminLogs = AccessLogs(adminAccessLog, shared.injectedLogs.admin, open: open)
        errorLog = shared.errorLog
        logWriter = shared.logWriter
        systemLog = shared.systemLog
        trust = shared.trust
        team = shared.team
        proxyFilter = AnswerFilter(configuration.proxyAnswers)
        adminFilter = AnswerFilter(configuration.adminAnswers)
        team.join(self)
    }

    /// The newest snapshot: one atomic load when nothing changed.
    @inline(__always)
    func currentSnapshot() -> Snapshot {
        snapshot = source.refreshed(snapshot)
        return snapshot
    }

    /// Where streams of a listener's connections come from and go to.
    func spareStreams(of listener: ListenerFacts) -> SpareStreams {
        let key = ObjectIdentifier(listener)
        if let known = spareStreams[key] { return known }
        let made = SpareStreams()
        spareStreams[key] = made
        return made
    }

    /// A number for a new client connection.
    func nextSerial() -> UInt64 {
        serial += 1
        return serial
    }

    /// Whether another connection may be added.
    func register(_ connection: any Drainable) -> Bool {
        guard connections.count < configuration.limits.connections else { return false }
        connections[ObjectIdentifier(connection)] = connection
        return true
    }

    /// Lets another handler stand for a connection.
    func replace(_ connection: any Drainable, by other: any Drainable) {
        connections[ObjectIdentifier(connection)] = nil
        connections[ObjectIdentifier(other)] = other
    }

    func unregister(_ connection: any Drainable) {
        connections[ObjectIdentifier(connection)] = nil
        if connections.isEmpty { finishIfDrained() }
    }

    /// Lets requests under way end, closes idle connections, and calls `done` when none is left.
    package func drain(_ done: @escaping () -> Void) {
        isDraining = true
        onIdle = done
        for connection in connections.values { connection.drain() }
        if connections.isEmpty { return finishIfDrained() }
        guard configuration.limits.shutdownMilliseconds > 0 else { return }
        let bound = NIOLoopBound(self, eventLoop: loop)
        loop.scheduleTask(in: .milliseconds(configuration.limits.shutdownMilliseconds)) { bound.value.cutOff() }
    }

    private func cutOff() {
        for connection in connections.values { connection.cutOff() }
    }

    private func finishIfDrained() {
        guard isDraining, let done = onIdle else { return }
        onIdle = nil
        pool.closeAll()
        flushLogs()
        done()
    }
}

extension LoopContext {
    /// Has plugins send what they have put off, once no event loop has connections any more, and calls `done` when that
    /// is done or the time for it is up.
    package func finishOutbound(_ done: @escaping () -> Void) {
        let limits = configuration.limits
        let shutdown = limits.shutdownMilliseconds
        outbound.finish(
            afterMilliseconds: shutdown > 0 ? min(shutdown, limits.outboundMilliseconds) : limits.outboundMilliseconds,
            done)
    }

    /// Hands what is in the log buffers to the writer.
    package func flushLogs() {
        for log in [accessLog, adminAccessLog] + proxyLogs.others + adminLogs.others { log.flush() }
    }
}
