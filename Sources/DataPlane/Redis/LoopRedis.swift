// The counters in Redis servers as one event loop reaches them: over one connection for each server and way to speak
// to it, in one round trip for a request, whatever it counts.
//
// A request is counted at once and taken back where a limit was reached, so that two nodes can't both give away the
// last place. Kong reads first and counts after the answer; its counters are the same, so both may share a server.

import PluginKit

final class LoopRedis {
    private unowned let loop: LoopContext
    private var connections: [RedisServer: RedisConnection] = [:]

    init(_ loop: LoopContext) {
        self.loop = loop
    }

    private func call(_ server: RedisServer, _ commands: RedisCommands, _ done: @escaping RedisConnection.Completion) {
        connection(server).call(commands, done)
    }

    private func connection(_ server: RedisServer) -> RedisConnection {
        if let known = connections[server] { return known }
        let made = RedisConnection(server, loop) { [weak self] ended in
            if self?.connections[server] === ended { self?.connections[server] = nil }
        }
        connections[server] = made
        made.begin()
        return made
    }
}

extension LoopRedis: RedisCounters {
    func take(_ server: RedisServer, _ limits: [RedisLimit], _ done: @escaping (Result<[Int], RedisFailure>) -> Void) {
        var commands = RedisCommands()
        for limit in limits { commands.add(1, to: limit.counter) }
        call(server, commands) { [weak self] result in
            done(
                result.flatMap { replies in
                    Self.counts(stride(from: 1, to: replies.count, by: 2).map { replies[$0] }).map { counts in
                        let before = counts.map { max($0 - 1, 0) }
                        if zip(before, limits).contains(where: { Double($0) >= $1.limit }) {
                            self?.giveBack(server, limits)
                        }
                        return before
                    }
                })
        }
    }

    private func giveBack(_ server: RedisServer, _ limits: [RedisLimit]) {
        var commands = RedisCommands()
        for limit in limits { commands.add(-1, to: limit.counter) }
        call(server, commands) { _ in }
    }

    func read(
        _ server: RedisServer, _ counters: [RedisCounter], _ done: @escaping (Result<[Int], RedisFailure>) -> Void
    ) {
        var commands = RedisCommands()
        for counter in counters { commands.get(counter) }
        call(server, commands) { done($0.flatMap { Self.counts($0) }) }
    }

    func add(_ server: RedisServer, _ amounts: [(counter: RedisCounter, amount: Int)], sender: String) {
        var commands = RedisCommands()
        for (counter, amount) in amounts { commands.add(amount, to: counter) }
        call(server, commands) { [weak self] result in
            guard case .failure(let failure) = result else { return }
            self?.loop.errorLog.log(.error, "[\(sender)] could not count in Redis: \(failure.text)")
        }
    }

    private static func counts(_ replies: [RedisReply]) -> Result<[Int], RedisFailure> {
        let counts = replies.compactMap(\.count)
        return counts.count == replies.count ? .success(counts) : .failure(RedisFailure("a counter is no number"))
    }
}
