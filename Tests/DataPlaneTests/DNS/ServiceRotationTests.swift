// The choice among SRV records.

import DataPlane
import Testing

@Suite struct ServiceRotationTests {
    private func record(_ target: String, weight: Int, priority: Int = 1) -> ServiceRecord {
        ServiceRecord(target: target, port: 80, weight: weight, priority: priority)
    }

    private func turns(_ records: [ServiceRecord], _ count: Int) -> String {
        var rotation = ServiceRotation(records)
        return (0..<count).compactMap { _ in rotation.next()?.target }.joined()
    }

    @Test func `weights are kept, spread evenly`() {
        #expect(turns([record("a", weight: 3), record("b", weight: 1)], 8) == "aabaaaba")
    }

    @Test func `only the best priority is used`() {
        #expect(turns([record("a", weight: 9, priority: 2), record("b", weight: 1, priority: 0)], 3) == "bbb")
    }

    @Test func `weight zero counts as one`() {
        #expect(turns([record("a", weight: 0), record("b", weight: 0)], 4) == "abab")
    }

    @Test func `there is no choice among none`() {
        #expect(turns([], 2) == "")
    }
}
