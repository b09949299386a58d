// The health machine: counters, limits, and the states between healthy and unhealthy.

import DataPlane
import Testing

struct HealthRecordTests {
    private func after(
        _ events: [HealthEvent], successes: Int = 0, failures: Int = 0, from start: HealthRecord = HealthRecord()
    ) -> HealthRecord {
        events.reduce(start) { record, event in
            record.after(event, limit: event == .success ? successes : failures)
        }
    }

    @Test func `an address is healthy at first`() {
        #expect(HealthRecord().state == .healthy)
        #expect(HealthRecord().isAvailable)
    }

    @Test(arguments: [HealthEvent.httpFailure, .tcpFailure, .timeout])
    func `failures switch the state when they reach their limit`(_ event: HealthEvent) {
        #expect(after([event], failures: 3).state == .mostlyHealthy)
        #expect(after([event, event], failures: 3).isAvailable)
        #expect(after([event, event, event], failures: 3).state == .unhealthy)
    }

    @Test func `failures of different kinds are counted apart`() {
        let mixed = after([.httpFailure, .tcpFailure, .timeout], failures: 2)
        #expect(mixed.isAvailable)
        #expect((mixed.httpFailures, mixed.tcpFailures, mixed.timeouts) == (1, 1, 1))
    }

    @Test func `a limit of 0 switches a counter off`() {
        #expect(after([.httpFailure, .timeout, .success]) == HealthRecord())
    }

    @Test func `a success resets the failures when successes are counted`() {
        let record = after(
            [.httpFailure, .httpFailure, .success, .httpFailure, .httpFailure], successes: 1, failures: 3)
        #expect(record.isAvailable)
        #expect(record.httpFailures == 2)
    }

    @Test func `a success resets nothing when successes are not counted`() {
        let record = after([.httpFailure, .success, .httpFailure, .success, .httpFailure], failures: 3)
        #expect(record.state == .unhealthy)
    }

    @Test func `an unhealthy address comes back after as many successes in a row`() {
        let out = HealthRecord(isHealthy: false)
        #expect(after([.success], successes: 2, failures: 1, from: out).state == .mostlyUnhealthy)
        #expect(after([.success, .success], successes: 2, failures: 1, from: out).state == .healthy)
        let relapsed = after([.success, .httpFailure, .success], successes: 2, failures: 1, from: out)
        #expect(!relapsed.isAvailable)
    }

    @Test func `an event that confirms the state is not counted`() {
        #expect(after([.success, .success], successes: 5) == HealthRecord())
        let out = HealthRecord(isHealthy: false)
        #expect(after([.timeout], failures: 5, from: out) == out)
    }

    @Test func `a record survives being packed`() {
        let record = after([.httpFailure, .httpFailure, .tcpFailure, .timeout], failures: 9)
        #expect(HealthRecord(packed: record.packed) == record)
        let out = after([.success], successes: 9, from: HealthRecord(isHealthy: false))
        #expect(HealthRecord(packed: out.packed) == out)
    }

    @Test func `a shared record tells when it switches, and only then`() {
        let health = PeerHealth()
        #expect(health.report(.timeout, limit: 2) == nil)
        #expect(health.report(.timeout, limit: 2) == false)
        #expect(health.report(.timeout, limit: 2) == nil)
        #expect(health.report(.success, limit: 1) == true)
        health.set(isHealthy: false)
        #expect(!health.isAvailable)
    }
}
