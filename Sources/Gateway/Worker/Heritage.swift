// What a worker takes over from those before it: at its start everything that they know, and while they end beside it
// what they still count.

import DataPlane
import Glibc
import PluginKit
import Synchronization

/// The carryovers of the workers before this one.
final class Heritage: Sendable {
    /// A worker that lived when this one began.
    fileprivate struct Elder {
        let place: CarryoverPlace
        /// Of what is known.
        var serial: UInt64 = 0
        /// Of what was there when it was asked, which is no answer yet.
        var askedAt: UInt64 = 0
        var known = Carryover()
        var hasEnded = false
    }

    private struct State {
        /// The oldest first.
        var elders: [Elder]
        var node: NodeState?
    }

    /// Of all workers that had ended. From now on that is this worker's own.
    let before: Carryover
    private let state: Mutex<State>

    /// How long to wait at the start for a worker to write down what it has counted, in milliseconds. It keeps rows on
    /// disk first, which takes a moment where they are many.
    private static let patience = 2000
    /// The same for somebody who asks for figures.
    private static let shortPatience = 100

    /// Reads what there is. Waits for workers that serve.
    init(_ launch: CarryoverLaunch?) {
        var before = Carryover()
        for descriptor in launch?.ended ?? [] {
            if let found = CarryoverMemory(descriptor).read().flatMap({ Carryover($0.text) }) {
                before.add(found)
                before.outOfService = found.outOfService
            }
            close(descriptor)
        }
        var elders = launch?.living.map { Elder(place: $0) } ?? []
        for place in elders.indices { elders[place].ask() }
        let end = Moment.now + Double(Self.patience) / 1000
        while elders.contains(where: { !$0.hasNews }), Moment.now < end { Moment.sleep(0.002) }
        for place in elders.indices { _ = elders[place].read() }
        // The youngest serves until now, so that it knows best.
        if let youngest = elders.last(where: { $0.serial > 0 }) {
            before.seeds = youngest.known.seeds ?? before.seeds
            before.outOfService = youngest.known.outOfService
        }
        self.before = before
        state = Mutex(State(elders: elders))
    }

    /// The targets that were out when this worker began.
    var outOfService: Set<OutOfService> {
        Set(before.outOfService.compactMap { OutOfService(line: $0) })
    }

    /// Lets this worker's tables have what the others count.
    func attach(_ node: NodeState) {
        state.withLock { state in
            state.node = node
            for (place, elder) in state.elders.enumerated() {
                node.inherit(elder.known, known: Carryover(), from: place, now: Self.now)
            }
        }
    }

    /// What workers before this one have counted under a name.
    func total(_ name: String) -> Int {
        state.withLock { state in
            Int(clamping: state.elders.reduce(before.totals[name] ?? 0) { $0 &+ ($1.known.totals[name] ?? 0) })
        }
    }

    /// What workers that end beside this one have of something now.
    func gauge(_ name: String) -> Int {
        state.withLock { state in
            Int(clamping: state.elders.reduce(0) { $0 &+ ($1.hasEnded ? 0 : $1.known.gauges[name] ?? 0) })
        }
    }

    private static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}

// MARK: - While others end

extension Heritage {
    private var isComplete: Bool { state.withLock { $0.elders.allSatisfy(\.hasEnded) } }
    private var hasNews: Bool { state.withLock { $0.elders.allSatisfy(\.hasNews) } }

    /// Follows what the others count until the last has ended.
    func follow() {
        Task(priority: .medium) { [self] in
            var pause = Duration.milliseconds(50)
            while !isComplete {
                try? await Task.sleep(for: pause)
                await renew()
                pause = min(pause * 2, .seconds(5))
            }
        }
    }

    /// Brings the figures of workers that end beside this one up to date. One that does not answer is passed over.
    func renew() async {
        if isComplete { return }
        state.withLock { state in
            for place in state.elders.indices { state.elders[place].ask() }
        }
        for _ in 0..<Self.shortPatience where !hasNews { try? await Task.sleep(for: .milliseconds(1)) }
        state.withLock { state in
            for place in state.elders.indices {
                let known = state.elders[place].known
                guard state.elders[place].read() else { continue }
                state.node?.inherit(state.elders[place].known, known: known, from: place, now: Self.now)
            }
        }
    }
}

extension Heritage.Elder {
    /// Whether something was written since it was asked, or nothing will be any more.
    fileprivate var hasNews: Bool { hasEnded || isGone || CarryoverMemory(place.memory).serial > askedAt }

    /// The worker alone holds the other end of its pipe.
    private var isGone: Bool {
        var poller = pollfd(fd: place.asks, events: 0, revents: 0)
        return poll(&poller, 1, 0) > 0 && poller.revents & Int16(POLLERR) != 0
    }

    fileprivate mutating func ask() {
        if hasEnded { return }
        askedAt = CarryoverMemory(place.memory).serial
        var byte: UInt8 = 1
        // A full pipe asks as well.
        _ = Glibc.write(place.asks, &byte, 1)
    }

    /// Takes what is written now.
    ///
    /// - Returns: whether that is new.
    fileprivate mutating func read() -> Bool {
        if hasEnded { return false }
        // First, so that what is read then is the last.
        hasEnded = isGone
        guard let found = CarryoverMemory(place.memory).read(), found.serial > serial,
            let carryover = Carryover(found.text)
        else { return false }
        (serial, known) = (found.serial, carryover)
        return true
    }
}
