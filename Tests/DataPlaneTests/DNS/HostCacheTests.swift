// How long names are known and which are forgotten first.

import DataPlane
import NIOCore
import Testing

@Suite struct HostCacheTests {
    private let cache = HostCache(limit: 3, staleLifetime: .seconds(4), errorLifetime: .seconds(1))

    private func outcome(_ literals: String..., lifetime: Int64 = 10_000) -> LookupOutcome {
        LookupOutcome(
            answer: .success(.addresses(literals.compactMap(HostAddress.init(literal:)))),
            lifetimeMilliseconds: lifetime, type: .a)
    }

    private func failure(_ kind: DNSFailure.Kind, lifetime: Int64 = 1000) -> LookupOutcome {
        LookupOutcome(
            answer: .failure(DNSFailure(kind: kind, message: "x")), lifetimeMilliseconds: lifetime)
    }

    private func addresses(_ entry: HostEntry, _ count: Int) -> [String?] {
        guard case .success(.addresses(let all)) = entry.answer else { return [] }
        return (0..<count).map { _ in entry.nextAddress(of: all, port: 80).ipAddress }
    }

    @Test func `an answer is fresh, then stale, then gone`() {
        _ = cache.store(outcome("10.0.0.1"), for: "h", now: 0)
        #expect(cache.entry(for: "h", now: 9_999)?.refreshDue == 10_000)
        #expect(cache.entry(for: "h", now: 13_999) != nil)
        #expect(cache.entry(for: "h", now: 14_000) == nil)
        #expect(cache.lastType(of: "h") == .a)
    }

    @Test func `a failure is kept for its lifetime and never served stale`() {
        _ = cache.store(failure(.nameError), for: "h", now: 0)
        #expect(cache.entry(for: "h", now: 999) != nil)
        #expect(cache.entry(for: "h", now: 1000) == nil)
    }

    @Test func `a lifetime of zero is for one use`() {
        _ = cache.store(outcome("10.0.0.1", lifetime: 0), for: "h", now: 0)
        #expect(cache.entry(for: "h", now: 0) == nil)
    }

    @Test func `a failing server does not replace a stale answer, a missing name does`() {
        _ = cache.store(outcome("10.0.0.1"), for: "h", now: 0)
        let kept = cache.store(failure(.transport), for: "h", now: 11_000)
        #expect(addresses(kept, 1) == ["10.0.0.1"])
        #expect(kept.refreshDue == 12_000)
        let replaced = cache.store(failure(.nameError), for: "h", now: 12_000)
        #expect(addresses(replaced, 1).isEmpty)
        #expect(cache.lastType(of: "h") == .a)
    }

    @Test func `addresses are used in turn, starting with the first`() {
        let entry = cache.store(outcome("10.0.0.1", "10.0.0.2"), for: "h", now: 0)
        #expect(addresses(entry, 3) == ["10.0.0.1", "10.0.0.2", "10.0.0.1"])
        let same = cache.store(outcome("10.0.0.1", "10.0.0.2"), for: "h", now: 1)
        #expect(addresses(same, 1) == ["10.0.0.2"])
        let other = cache.store(outcome("10.0.0.3", "10.0.0.2"), for: "h", now: 2)
        #expect(addresses(other, 2) == ["10.0.0.3", "10.0.0.2"])
    }

    @Test func `each port has its own addresses`() {
        let entry = cache.store(outcome("10.0.0.1"), for: "h", now: 0)
        guard case .success(.addresses(let all)) = entry.answer else { return }
        #expect([80, 443, 80].map { entry.nextAddress(of: all, port: $0).port } == [80, 443, 80])
        for port in 1...100 {
            #expect(entry.nextAddress(of: all, port: port).port == port)
        }
    }

    @Test func `the number of names is limited, and those in use stay`() {
        for name in ["a", "b", "c", "d"] { _ = cache.store(outcome("10.0.0.1"), for: name, now: 0) }
        #expect(cache.count == 3)
        #expect(cache.entry(for: "a", now: 0) == nil)
        #expect(cache.entry(for: "c", now: 0) != nil)
        _ = cache.store(outcome("10.0.0.1"), for: "e", now: 0)
        #expect(cache.entry(for: "b", now: 0) == nil)
        #expect(cache.entry(for: "c", now: 0) != nil)
    }
}
