// What a status and the end of a probe mean for health.

import DataPlane
import Testing

struct HealthRulesTests {
    private let rules = HealthRules(healthyStatuses: [200, 302, 404], unhealthyStatuses: [404, 500])

    @Test(
        arguments: [
            (200, HealthEvent.success), (302, .success), (404, .success), (500, .httpFailure), (201, nil), (0, nil),
            (1000, nil), (-1, nil),
        ] as [(Int, HealthEvent?)])
    func `only listed statuses count, and healthy ones first`(_ status: Int, _ event: HealthEvent?) {
        #expect(rules.event(forStatus: status) == event)
    }

    @Test func `rules without a limit count nothing`() {
        #expect(!rules.isCounting)
        var limits = HealthRules.Limits()
        limits.timeouts = 1
        #expect(HealthRules(limits: limits).isCounting)
    }

    @Test func `a probe's end is a success, a failure or nothing`() {
        #expect(ProbeOutcome.connected.event(rules) == .success)
        #expect(ProbeOutcome.status(500).event(rules) == .httpFailure)
        #expect(ProbeOutcome.status(418).event(rules) == nil)
        #expect(ProbeOutcome.malformed.event(rules) == .httpFailure)
        #expect(ProbeOutcome.failed.event(rules) == .tcpFailure)
        #expect(ProbeOutcome.timedOut.event(rules) == .timeout)
    }

    @Test(
        arguments: [
            ("HTTP/1.1 200 OK\r\n", ProbeOutcome.status(200)), ("HTTP/1.0 503", .status(503)), ("HTTP/1.1 20", nil),
            ("HT", nil), ("SSH-2.0-x", nil), ("SSH-2.0-x\r\n", .malformed), ("HTTP/1.1 abc\r\n", .malformed),
            ("HTTP/1.1\r\n", .malformed), ("", nil), (String(repeating: "x", count: 64), .malformed),
        ] as [(String, ProbeOutcome?)])
    func `a probe reads the status as soon as it is there`(_ text: String, _ outcome: ProbeOutcome?) {
        #expect(ProbeAnswer.read(Array(text.utf8)) == outcome)
    }
}
