// What plugins send from a real event loop to real peers.

import DataPlane
import Glibc
import NIOCore
import NIOPosix
import PluginKit
import Testing

struct OutboundTests {
    /// An event loop with all that it has, but for requests.
    private final class Scene: Sendable {
        let loop: any EventLoop
        private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        private let context: NIOLoopBound<LoopContext>
        private let resolver: DataPlane.Resolver
        private let writer: LogWriter

        init(_ directory: TemporaryDirectory) throws {
            var names = DNSConfiguration()
            names.hostsFile = "/dev/null"
            names.resolvConfFile = "/dev/null"
            let resolver = try DataPlane.Resolver(names)
            let writer = try LogWriter(prefix: directory.path)
            let shared = WorkerShared(
                configuration: ProxyConfiguration(), source: SnapshotSource(), resolver: resolver, logWriter: writer,
                accessLog: .off, adminAccessLog: .off,
                errorLog: ErrorLog(writer: writer, file: try writer.open("error.log"), level: .notice),
                upstreamTLS: nil)
            (self.resolver, self.writer) = (resolver, writer)
            let loop = group.next()
            self.loop = loop
            context = try loop.submit {
                NIOLoopBound(LoopContext(loop: loop, shared: shared, statistics: LoopStatistics()), eventLoop: loop)
            }.wait()
        }

        func stop() {
            try? group.syncShutdownGracefully()
            resolver.shutdown()
            writer.shutdown()
        }

        func run(_ body: @escaping @Sendable (any Outbound) -> Void) throws {
            try loop.submit { body(self.context.value.outbound) }.wait()
        }

        func call(
            _ port: Int, _ change: (inout OutboundRequest) -> Void = { _ in }
        ) throws -> Result<OutboundAnswer, OutboundFailure> {
            var request = OutboundRequest(to: OutboundPeer(host: "127.0.0.1", port: port))
            request.timeoutMilliseconds = 20_000
            change(&request)
            let promise = loop.makePromise(of: Result<OutboundAnswer, OutboundFailure>.self)
            try run { [request] outbound in outbound.call(request) { promise.succeed($0) } }
            return try promise.futureResult.wait()
        }

        func failure(
            _ port: Int, _ change: (inout OutboundRequest) -> Void = { _ in }
        ) throws -> OutboundFailure? {
            if case .failure(let failure) = try call(port, change) { failure } else { nil }
        }

        func text(_ port: Int) throws -> String {
            OutboundTests.text(try call(port))
        }

        /// Waits until everything that was put off is sent.
        func finish() throws {
            let promise = loop.makePromise(of: Void.self)
            loop.execute { self.context.value.finishOutbound { promise.succeed() } }
            try promise.futureResult.wait()
        }

        func flushLog() {
            writer.flush()
        }
    }

    private let directory = TemporaryDirectory()
    private static let ok = "HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 2\r\n\r\nok"

    private func with(_ steps: [ScriptedPeer.Step], _ body: (Scene, ScriptedPeer) throws -> Void) throws {
        let scene = try Scene(directory)
        defer { scene.stop() }
        let peer = try ScriptedPeer(steps)
        defer { peer.stop() }
        try body(scene, peer)
    }

    private static func eventually(_ condition: () -> Bool) -> Bool {
        for _ in 0..<4000 {
            if condition() { return true }
            usleep(5000)
        }
        return false
    }

    private static func text(_ result: Result<OutboundAnswer, OutboundFailure>) -> String {
        switch result {
        case .success(let answer): "\(answer.status) \(String(decoding: answer.body, as: UTF8.self))"
        case .failure(let failure): "\(failure)"
        }
    }

    @Test func `calls go over one kept connection, whatever the framing of the answers`() throws {
        let chunked = "HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
        try with([.answer(Self.ok), .answer(chunked), .answer(Self.ok)]) { scene, peer throws in
            let first = try scene.call(peer.port)
            #expect(Self.text(first) == "200 ok")
            let header = try first.get().header("x-a")
            #expect(header == Array("b".utf8))
            #expect(try scene.text(peer.port) == "404 abc")
            #expect(try scene.text(peer.port) == "200 ok")
            #expect(peer.accepted == 1)
        }
    }

    @Test func `a kept connection that ends without an answer is tried again once, a new one is not`() throws {
        try with([.answer(Self.ok), .close, .answer(Self.ok), .close, .close]) { scene, peer throws in
            #expect(try scene.text(peer.port) == "200 ok")
            #expect(try scene.text(peer.port) == "200 ok")
            #expect(peer.accepted == 2)
            #expect(try scene.failure(peer.port) == .closed)
            #expect(peer.accepted == 3)
        }
    }

    @Test func `a peer that says nothing, too much or nonsense is given up`() throws {
        try with([.silence, .answer(Self.ok), .answer("nonsense\r\n\r\n")]) { scene, peer throws in
            let silent = try scene.failure(peer.port) { $0.timeoutMilliseconds = 100 }
            #expect(silent == .timedOut)
            let large = try scene.failure(peer.port) { $0.answerLimit = 1 }
            #expect(large == .malformed)
            #expect(try scene.failure(peer.port) == .malformed)
            #expect(peer.accepted == 3)
        }
    }

    @Test func `who does not listen or has no address is told apart`() throws {
        try with([]) { scene, peer throws in
            let port = peer.port
            peer.stop()
            #expect(try scene.failure(port) == .unreachable("connection refused"))
            let unknown = try scene.failure(1) { $0.peer = OutboundPeer(host: "nobody.invalid", port: 80) }
            guard case .unresolved? = unknown else {
                Issue.record("\(String(describing: unknown))")
                return
            }
        }
    }

    @Test func `an answer never comes before the call has returned`() throws {
        try with([]) { scene, _ throws in
            let promise = scene.loop.makePromise(of: Bool.self)
            try scene.run { outbound in
                var hasReturned = false
                let request = OutboundRequest(to: OutboundPeer(host: "255.255.255.255", port: 1))
                outbound.call(request) { _ in promise.succeed(hasReturned) }
                hasReturned = true
            }
            let isOrdered = try promise.futureResult.wait()
            #expect(isOrdered)
        }
    }

    @Test func `lines go over one connection, and over a new one when it was closed`() throws {
        try with([]) { scene, peer throws in
            let to = OutboundPeer(host: "127.0.0.1", port: peer.port)
            for line in ["a\n", "b\n"] {
                try scene.run { $0.send(bytes: Array(line.utf8), to: to, over: OutboundStream(), sender: "test") }
            }
            #expect(Self.eventually { peer.text == "a\nb\n" })
            #expect(peer.accepted == 1)
            peer.hangUp()
            #expect(
                Self.eventually {
                    try? scene.run { $0.send(bytes: [0x63], to: to, over: OutboundStream(), sender: "test") }
                    return peer.accepted == 2
                })
            #expect(Self.eventually { peer.text.hasPrefix("a\nb\nc") })
        }
    }

    @Test func `an idle connection for lines is closed after its time`() throws {
        try with([]) { scene, peer throws in
            let to = OutboundPeer(host: "127.0.0.1", port: peer.port)
            var stream = OutboundStream()
            stream.keepAliveMilliseconds = 50
            try scene.run { [stream] in $0.send(bytes: [0x61], to: to, over: stream, sender: "test") }
            #expect(Self.eventually { peer.text == "a" })
            usleep(300_000)
            try scene.run { [stream] in $0.send(bytes: [0x62], to: to, over: stream, sender: "test") }
            #expect(Self.eventually { peer.text == "ab" })
            #expect(peer.accepted == 2)
        }
    }

    @Test func `what a receiver of lines does not take is dropped, and told seldom`() throws {
        try with([]) { scene, peer throws in
            let to = OutboundPeer(host: "127.0.0.1", port: peer.port)
            peer.stop()
            for _ in 0..<20 {
                try scene.run { $0.send(bytes: [0x61], to: to, over: OutboundStream(), sender: "test") }
            }
            try scene.finish()
            scene.flushLog()
            let told = directory.lines("error.log").filter {
                $0.contains("[test] failed to connect to 127.0.0.1:\(to.port): connection refused")
            }
            #expect((1...5).contains(told.count), "\(told)")
        }
    }

    @Test func `at the end all that was handed over is sent`() throws {
        try with([]) { scene, peer throws in
            let to = OutboundPeer(host: "127.0.0.1", port: peer.port)
            try scene.run { outbound in
                for number in 0..<1000 {
                    outbound.send(bytes: Array("\(number)\n".utf8), to: to, over: OutboundStream(), sender: "test")
                }
            }
            try scene.finish()
            let all = (0..<1000).map { "\($0)\n" }.joined()
            #expect(Self.eventually { peer.text == all })
        }
    }
}
