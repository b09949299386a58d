// One connection to a Redis server. Calls go out as they come, without waiting for answers to earlier ones; what comes
// while it is being made waits until the server has taken password and database. When a call is not answered in time,
// nothing that is behind it will be either: the connection ends, and the next call makes a new one.

import NIOCore
import PluginKit

final class RedisConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    typealias Completion = (Result<[RedisReply], RedisFailure>) -> Void

    private enum State {
        case connecting
        /// Waits for the answers to these, in order.
        case greeting([Greeting])
        case ready
        case closed
    }

    private enum Greeting: String {
        case password = "failed to auth Redis"
        case database = "failed to change Redis database"
    }

    private struct Call {
        let commands: RedisCommands
        /// In milliseconds of the timer wheel.
        let deadline: Int64
        let done: Completion
        var replies: [RedisReply] = []
    }

    private let server: RedisServer
    private let loop: LoopContext
    private let onEnd: (RedisConnection) -> Void
    private let timer = WheelTimer()
    private var state = State.connecting
    private var context: ChannelHandlerContext?
    private var received = ByteBuffer()
    /// Those that were sent come first.
    private var calls: [Call] = []
    private var failure = RedisFailure("closed")

    /// An idle connection is kept that long, as Kong keeps its own.
    private static let idleMilliseconds: Int64 = 10_000

    init(_ server: RedisServer, _ loop: LoopContext, onEnd: @escaping (RedisConnection) -> Void) {
        self.server = server
        self.loop = loop
        self.onEnd = onEnd
        timer.belong(to: self)
    }

    func begin() {
        loop.resolver.resolve(server.host, port: server.port) { [self] result in
            guard case .connecting = state else { return }
            switch result {
            case .success(let target): dial(target.address)
            case .failure(let failure): end("failed to connect to Redis: \(failure.message)")
            }
        }
    }

    private func dial(_ address: SocketAddress) {
        let key = UpstreamKey(address: address, usesTLS: false, serverName: nil)
        loop.pool.dial(key, timeoutMilliseconds: server.timeoutMilliseconds, { [self] in [self] }) { [self] result in
            if case .failure(let error) = result {
                end("failed to connect to Redis: \(ConnectFailure.reason(error))")
            }
        }
    }

    /// Sends commands; `done` gets as many answers, none of which is an error.
    func call(_ commands: RedisCommands, _ done: @escaping Completion) {
        if case .closed = state { return done(.failure(failure)) }
        if calls.isEmpty { loop.timers.arm(timer, afterMilliseconds: server.timeoutMilliseconds) }
        let deadline = TimerWheel.monotonicMilliseconds() + server.timeoutMilliseconds
        calls.append(Call(commands: commands, deadline: deadline, done: done))
        if case .ready = state { send(commands.bytes) }
    }

    private func send(_ bytes: ByteBuffer) {
        context?.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    // MARK: - Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { greet() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        greet()
    }

    private func greet() {
        guard case .connecting = state else {
            context?.close(promise: nil)
            return
        }
        var commands = RedisCommands()
        var greetings: [Greeting] = []
        if let password = server.password, !password.isEmpty {
            commands.authenticate(password)
            greetings.append(.password)
        }
        if server.database != 0 {
            commands.select(server.database)
            greetings.append(.database)
        }
        guard !greetings.isEmpty else { return becomeReady() }
        state = .greeting(greetings)
        send(commands.bytes)
    }

    private func becomeReady() {
        state = .ready
        var all = ByteBuffer()
        for call in calls { all.writeImmutableBuffer(call.commands.bytes) }
        if all.readableBytes > 0 { send(all) } else { rearm() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received.writeImmutableBuffer(unwrapInboundIn(data))
        do throws(RedisSyntaxError) {
            while let reply = try RedisReply.read(&received) {
                take(reply)
                if case .closed = state { return }
            }
        } catch {
            return end("the answer is not a Redis server's")
        }
        received.discardReadBytes()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end("closed")
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(ConnectFailure.reason(error))
    }

    private func take(_ reply: RedisReply) {
        switch state {
        case .greeting(let greetings):
            if case .error(let text) = reply { return end("\(greetings[0].rawValue): \(text)") }
            if greetings.count > 1 { state = .greeting(Array(greetings.dropFirst())) } else { becomeReady() }
        case .ready:
            guard !calls.isEmpty else { return end("the server speaks unasked") }
            calls[0].replies.append(reply)
            if calls[0].replies.count == calls[0].commands.count { finish(calls.removeFirst()) }
        case .connecting, .closed: break
        }
    }

    private func finish(_ call: Call) {
        rearm()
        for case .error(let text) in call.replies { return call.done(.failure(RedisFailure(text))) }
        call.done(.success(call.replies))
    }

    private func rearm() {
        let delay = calls.first.map { $0.deadline - TimerWheel.monotonicMilliseconds() } ?? Self.idleMilliseconds
        loop.timers.arm(timer, afterMilliseconds: delay)
    }

    /// Ends the connection and fails whoever waits for it.
    private func end(_ text: String) {
        if case .closed = state { return }
        state = .closed
        failure = RedisFailure(text)
        timer.cancel()
        context?.close(promise: nil)
        onEnd(self)
        let left = calls
        calls = []
        for call in left { call.done(.failure(failure)) }
    }
}

extension RedisConnection: TimerOwner {
    func timerFired() {
        end(calls.isEmpty ? "closed" : "timeout")
    }
}
