// Puts a worker together: logs, resolver, store, control plane, event loops and listeners.

import ControlPlane
import DataPlane
import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import PluginKit
import Schema
import Store
import Synchronization

/// The parts of a running worker.
final class Worker: Sendable {
    private let launch: WorkerLaunch
    private let settings: Settings
    private let privileges: Privileges
    private let logs: WorkerLogs
    private let shared: WorkerShared
    private let control: ControlPlaneNode
    private let group: MultiThreadedEventLoopGroup
    private let loops: [NIOLoopBound<LoopContext>]
    private let heritage: Heritage
    private let carryover: CarryoverKeeper?
    private let listeners = Mutex<[any Channel]>([])

    init(launch: WorkerLaunch, settings: Settings) throws {
        self.launch = launch
        self.settings = settings
        // First, since it has to be asked before there are threads.
        privileges = try Privileges(settings)
        try privileges.prepare()
        logs = try WorkerLogs(settings)
        if let complaint = privileges.complaint { logs.error.log(.warn, complaint) }
        let carryoverLaunch = CarryoverLaunch(encoded: Environment.current[CarryoverLaunch.variable])
        heritage = Heritage(carryoverLaunch)
        let source = SnapshotSource()
        shared = WorkerShared(
            configuration: ProxyConfiguration(settings), source: source,
            resolver: try Resolver(DNSConfiguration(settings)), logWriter: logs.writer, accessLog: logs.access,
            adminAccessLog: logs.adminAccess, errorLog: logs.error, upstreamTLS: try TLSContexts.upstream(settings),
            upstreamHTTP2TLS: try TLSContexts.upstream(settings, protocols: ["h2"]), injectedLogs: logs.injected,
            trust: TrustedTLS(trusting: try TLSContexts.authorities(settings)))
        let count = settings.workerProcesses
        group = MultiThreadedEventLoopGroup(numberOfThreads: count)
        let statistics = (0..<count).map { LoopStatistics(number: $0) }
        let upstreams = Upstreams(remembered: heritage.outOfService)
        let control = try ControlPlaneNode(launch, settings, source, statistics, upstreams, logs, heritage)
        self.control = control
        carryover = carryoverLaunch.map { launch in
            CarryoverKeeper(
                launch, collect: { control.carryover() }, activity: { ConnectionCounts(statistics).activity },
                prepare: { control.keepRows() })
        }
        upstreams.signal.listen { [carryover] in carryover?.touch() }
        loops = try zip(group.makeIterator(), statistics).map { [shared] loop, statistics in
            try loop.submit {
                if settings.showsOwnMetrics {
                    StallWatch.start(
                        on: loop, statistics, thresholdMilliseconds: settings.metricsStallMilliseconds)
                }
                return NIOLoopBound(LoopContext(loop: loop, shared: shared, statistics: statistics), eventLoop: loop)
            }.wait()
        }
        if let first = loops.first {
            try first.eventLoop.submit { first.value.watch(upstreams) }.wait()
        }
    }

    /// Loads the configuration and starts to accept.
    func start() throws {
        try control.start()
        let listeners = try launch.listeners.filter { $0.kind != .stream }.map { ($0.fds, try facts($0)) }
        let streams = try launch.listeners.filter { $0.kind == .stream }.map { ($0.fds, try streamFacts($0)) }
        try privileges.drop()
        for (descriptors, facts) in listeners {
            try listen(descriptors) { Listener.start(descriptor: $0, facts: facts, on: $1) }
        }
        for (descriptors, facts) in streams {
            try listen(descriptors) { StreamListener.start(descriptor: $0, facts: facts, on: $1) }
        }
        carryover?.start()
        heritage.follow()
        logs.error.log(.notice, "worker process started with \(loops.count) event loops")
    }

    private func facts(_ listener: WorkerLaunch.Listener) throws -> ListenerFacts {
        let files = listener.kind == .admin ? settings.adminCertificate : settings.certificate
        let tls = listener.address.ssl ? try TLSContexts.server(files, settings) : nil
        return ListenerFacts(
            role: listener.kind == .admin ? .local(control.service) : .proxy, port: Int(listener.address.port),
            tls: tls, offer: listener.address.http2 ? .http2 : .http1, proxyProtocol: listener.address.proxyProtocol)
    }

    private func streamFacts(_ listener: WorkerLaunch.Listener) throws -> StreamListenerFacts {
        StreamListenerFacts(
            port: Int(listener.address.port), isTLS: listener.address.ssl,
            isTransparent: listener.address.transparent, proxyProtocol: listener.address.proxyProtocol,
            identity: try TLSContexts.server(settings.certificate, settings),
            upstreamTLS: try TLSContexts.upstream(settings, protocols: []))
    }

    private func listen(
        _ descriptors: [Int32], _ start: (Int32, NIOLoopBound<LoopContext>) -> EventLoopFuture<any Channel>
    ) throws {
        for (place, descriptor) in descriptors.enumerated() {
            let channel = try start(descriptor, loops[place % loops.count]).wait()
            listeners.withLock { $0.append(channel) }
        }
    }

    func reopenLogs() {
        logs.writer.reopen()
    }

    /// Ends now, with what is in the logs' buffers written.
    func stop() -> Never {
        for loop in loops { try? loop.eventLoop.submit { loop.value.flushLogs() }.wait() }
        logs.writer.flush(timeoutMilliseconds: 1000)
        exit(0)
    }

    /// Accepts no more and ends when the last request under way has ended, and what plugins log about it is sent.
    func drain() {
        for channel in listeners.withLock({ $0 }) { channel.close(promise: nil) }
        let sent = DrainCount(remaining: loops.count) { [logs, carryover, shared] in
            carryover?.finish()
            shared.systemLog.flush(timeoutMilliseconds: 1000)
            logs.writer.flush(timeoutMilliseconds: 2000)
            exit(0)
        }
        let answered = DrainCount(remaining: loops.count) { [loops] in
            for loop in loops {
                loop.eventLoop.execute { loop.value.finishOutbound { sent.loopIsEmpty() } }
            }
        }
        for loop in loops {
            loop.eventLoop.execute { loop.value.drain { answered.loopIsEmpty() } }
        }
    }
}

/// Counts the event loops that have not finished.
private final class DrainCount: Sendable {
    private let remaining: Mutex<Int>
    private let finished: @Sendable () -> Void

    init(remaining: Int, finished: @escaping @Sendable () -> Void) {
        self.remaining = Mutex(remaining)
        self.finished = finished
    }

    func loopIsEmpty() {
        let isLast = remaining.withLock { count in
            count -= 1
            return count == 0
        }
        if isLast { finished() }
    }
}
