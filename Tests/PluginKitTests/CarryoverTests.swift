// What goes from one worker of a node to the next: every figure arrives, and each is counted once.

import PluginKit
import Testing

@Suite struct CarryoverTests {
    private static let hour: Range<Int64> = 0..<3_600_000

    /// A worker that has counted something.
    private static func node(after before: Carryover = Carryover()) -> NodeState {
        NodeState(processID: 1, loops: 2, subjects: NodeSubjects(limit: 2, loops: 2, before: before), before: before)
    }

    private static func request(_ status: Int, _ milliseconds: Int64) -> RequestFigures {
        var figures = RequestFigures()
        figures.status = status
        figures.requestMilliseconds = milliseconds
        figures.upstreamMilliseconds = milliseconds / 2
        figures.ingressBytes = 100
        figures.egressBytes = 70_000
        return figures
    }

    private static func serve(_ count: Int, on node: NodeState) {
        for number in 0..<count {
            node.figures.add(request(200, Int64(number)), to: Array("shop".utf8), loop: number % 2)
            node.subjects?.routes.count(Array("route".utf8), status: 200, loop: number % 2)
            _ = node.counters.take(key(node), limit: 1000, window: hour, now: 1)
        }
    }

    private static func key(_ node: NodeState) -> CounterKey {
        node.counters.key([1, 2, 3].span).salted(9)
    }

    private static func used(_ node: NodeState) -> Int {
        node.counters.count(key(node), windowStart: hour.lowerBound)
    }

    private static func statuses(_ node: NodeState) -> [Int: UInt64]? {
        node.figures.all()[Array("shop".utf8)]?.statuses
    }

    /// By way of bytes, as between processes.
    private static func carryover(of node: NodeState) throws -> Carryover {
        try #require(Carryover(node.carryover(now: 1).bytes))
    }

    @Test func `all figures of a worker that has ended are its follower's`() throws {
        let first = Self.node()
        Self.serve(40, on: first)
        let second = Self.node(after: try Self.carryover(of: first))
        Self.serve(2, on: second)
        let shop = second.figures.all()[Array("shop".utf8)]
        #expect(shop?.statuses == [200: 42])
        #expect(shop?.request.count == 42)
        #expect(shop?.request.sum == (0..<40).reduce(1, +))
        #expect(shop?.upstream.cumulative.last == 42)
        #expect(shop?.ingressBytes == 4200)
        #expect(shop?.egressBytes == 2_940_000)
        #expect(second.subjects?.routes.all().alone[Array("route".utf8)]?.byClass == [0, 0, 42, 0, 0, 0])
        #expect(Self.used(second) == 42)
    }

    @Test func `what a worker counts while it ends is counted once, whoever hands it on`() throws {
        let first = Self.node()
        Self.serve(40, on: first)
        var known = try Self.carryover(of: first)
        var begin = Carryover()
        begin.seeds = known.seeds
        let third = Self.node(after: begin)
        third.inherit(known, known: Carryover(), from: 0, now: 1)
        #expect(Self.used(third) == 40)
        Self.serve(5, on: third)
        Self.serve(3, on: first)
        let last = try Self.carryover(of: first)
        third.inherit(last, known: known, from: 0, now: 1)
        known = last
        #expect(Self.statuses(third) == [200: 48])
        #expect(Self.used(third) == 48)
        third.inherit(last, known: known, from: 0, now: 1)
        #expect(Self.statuses(third) == [200: 48])
        #expect(Self.used(third) == 48)

        // Both are there to be read by the next: neither has the other's in its own.
        var both = try Self.carryover(of: third)
        #expect(both.services[Array("shop".utf8)]?.statuses == [200: 5])
        both.add(last)
        let fourth = Self.node(after: both)
        #expect(Self.statuses(fourth) == [200: 48])
        #expect(Self.used(fourth) == 48)
    }

    @Test func `a limit holds over a change of workers`() throws {
        let first = Self.node()
        Self.serve(10, on: first)
        let second = Self.node(after: try Self.carryover(of: first))
        let refused = second.counters.take(Self.key(second), limit: 10, window: Self.hour, now: 2)
        #expect(refused == (10, false))
        let later = second.counters.take(
            Self.key(second), limit: 10, window: 3_600_000..<7_200_000, now: 3_600_001)
        #expect(later == (0, true), "a new window starts at nothing")
    }

    @Test func `windows that are over stay behind`() {
        let node = Self.node()
        Self.serve(10, on: node)
        #expect(node.carryover(now: Self.hour.upperBound).windows.isEmpty)
    }

    @Test func `beyond the limit routes stay together with those of before`() throws {
        let first = Self.node()
        for name in ["a", "b", "c"] { first.subjects?.routes.count(Array(name.utf8), status: 200, loop: 0) }
        let second = Self.node(after: try Self.carryover(of: first))
        second.subjects?.routes.count(Array("c".utf8), status: 200, loop: 0)
        let counts = try #require(second.subjects?.routes.all())
        #expect(Set(counts.alone.keys) == [Array("a".utf8), Array("b".utf8)])
        #expect(counts.rest.byClass == [0, 0, 2, 0, 0, 0])
    }

    @Test func `everything else is carried by name`() throws {
        var carryover = Carryover()
        carryover.totals = ["requests": 7, "of another version": .max]
        carryover.gauges = ["active": 3]
        carryover.outOfService = ["pool.test 127.0.0.1 8080"]
        let read = try #require(Carryover(carryover.bytes))
        #expect(read.totals == carryover.totals)
        #expect(read.gauges == carryover.gauges)
        #expect(read.outOfService == carryover.outOfService)
    }

    @Test func `a section of a later version is passed over, and what is not whole is refused`() throws {
        let node = Self.node()
        Self.serve(3, on: node)
        let bytes = node.carryover(now: 1).bytes
        let read = try #require(Carryover(bytes + [99, 3, 1, 2, 3]))
        #expect(read.services[Array("shop".utf8)]?.statuses == [200: 3])
        #expect(Carryover([]) == nil)
        #expect(Carryover(Array("something else".utf8)) == nil)
        let torn = (0..<bytes.count).filter { Carryover(Array(bytes.prefix($0))) == nil }
        #expect(torn.count > bytes.count - 9, "whole only between two sections")
    }
}
