// Random ids and their hexadecimal form.

import PluginKit
import Testing

@Suite struct TraceTests {
    @Test func `random numbers follow from the seed, and differ`() {
        // The first numbers of the authors' own xoroshiro128++ for the state 1, 2.
        var known = TraceRandom(seed: 1, 2)
        #expect([known.next(), known.next()] == [393217, 669_327_710_093_319])
        var zero = TraceRandom(seed: 0, 0)
        let numbers = (0..<100).map { _ in zero.next() }
        #expect(Set(numbers).count > 98)
        var first = TraceRandom()
        var second = TraceRandom()
        #expect(first.next() != second.next())
    }

    @Test func `an id has all its digits`() {
        var edits = HeaderEdits()
        edits.set("a", hexadecimal: nil, 0xAB)
        edits.set("b", hexadecimal: 1, .max)
        let values = ["a", "b"].flatMap { edits.values(of: $0) }.map {
            String(decoding: $0, as: UTF8.self)
        }
        #expect(values == ["00000000000000ab", "0000000000000001ffffffffffffffff"])
    }
}
