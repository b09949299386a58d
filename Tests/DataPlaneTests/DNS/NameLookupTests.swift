// The order of questions for a name and the end of a lookup.

import DataPlane
import Testing

@Suite struct NameLookupTests {
    private static let nothing = Result<DNSMessage, DNSFailure>.success(DNSMessage(responseCode: 0, answers: []))

    /// Asks until the end, answering with `answer`, and gives back the questions and the outcome.
    private func run(
        _ host: String, lastType: RecordType? = nil, rules: LookupRules = LookupRules(),
        answer: (DNSQuestion) -> Result<DNSMessage, DNSFailure> = { _ in nothing }
    ) -> (questions: [String], outcome: LookupOutcome?) {
        var lookup = NameLookup(host: host, lastType: lastType, rules: rules)
        var questions: [String] = []
        var step = lookup.start()
        while case .ask(let question) = step {
            questions.append("\(question.name) \(question.type)")
            step = lookup.receive(answer(question))
        }
        if case .finished(let outcome) = step { return (questions, outcome) }
        return (questions, nil)
    }

    @Test func `each type is tried with all variants, and the last failure counts`() {
        var rules = LookupRules()
        rules.search = ["x.test", "y.test"]
        let (questions, outcome) = run("host", rules: rules) { question in
            question.type == .cname ? .success(DNSMessage(responseCode: 3, answers: [])) : Self.nothing
        }
        #expect(
            questions == [
                "host.x.test srv", "host.y.test srv", "host srv", "host.x.test a", "host.y.test a", "host a",
                "host.x.test cname", "host.y.test cname", "host cname",
            ])
        #expect(outcome?.answer == .failure(failure("dns server error: 3 name error", .nameError)))
    }

    @Test func `a name with dots enough is tried as it is first`() {
        var rules = LookupRules()
        rules.search = ["x.test"]
        rules.order = [.a]
        #expect(run("a.b", rules: rules).questions == ["a.b a", "a.b.x.test a"])
        rules.dotsForAbsolute = 2
        #expect(run("a.b", rules: rules).questions == ["a.b.x.test a", "a.b a"])
        #expect(run("a.b.", rules: rules).questions == ["a.b a"])
    }

    @Test func `the type that answered last comes first and is not asked twice`() {
        #expect(run("h", lastType: .a).questions == ["h a", "h srv", "h cname"])
    }

    @Test func `without LAST in the order the last type does not matter`() {
        var rules = LookupRules()
        rules.order = [.cname, .a]
        #expect(run("h", lastType: .srv, rules: rules).questions == ["h cname", "h a"])
    }

    @Test func `the first answer ends the lookup`() throws {
        let found = try #require(record("h", "10.0.0.1", timeToLive: 20))
        let (questions, outcome) = run("h") { question in
            question.type == .a ? .success(DNSMessage(responseCode: 0, answers: [found])) : Self.nothing
        }
        #expect(questions == ["h srv", "h a"])
        let expected = LookupOutcome(
            answer: .success(.addresses([try #require(address("10.0.0.1"))])), lifetimeMilliseconds: 20_000, type: .a)
        #expect(outcome == expected)
    }

    @Test func `dns_valid_ttl goes over the time to live`() throws {
        var rules = LookupRules()
        rules.validLifetime = .milliseconds(1500)
        rules.order = [.a]
        let found = try #require(record("h", "10.0.0.1", timeToLive: 20))
        let outcome = run("h", rules: rules) { _ in .success(DNSMessage(responseCode: 0, answers: [found])) }.outcome
        #expect(outcome?.lifetimeMilliseconds == 1500)
    }

    @Test func `dns_error_ttl holds for missing names and dns_not_found_ttl for server errors, as in Kong 1.1.2`() {
        let missing = run("h") { _ in .success(DNSMessage(responseCode: 3, answers: [])) }.outcome
        #expect(missing?.lifetimeMilliseconds == 1000)
        let empty = run("h").outcome
        #expect(empty?.answer == .failure(failure("dns client error: 101 empty record received", .empty)))
        #expect(empty?.lifetimeMilliseconds == 1000)
        let broken = run("h") { _ in .success(DNSMessage(responseCode: 2, answers: [])) }.outcome
        #expect(broken?.answer == .failure(failure("dns server error: 2 server failure", .server)))
        #expect(broken?.lifetimeMilliseconds == 30_000)
    }

    @Test func `a service record that names its own owner is passed over`() {
        let own = ServiceRecord(target: "h", port: 1, weight: 1, priority: 1)
        let record = DNSRecord(name: "h", type: .srv, timeToLive: 60, content: .service(own))
        let (questions, outcome) = run("h") { _ in .success(DNSMessage(responseCode: 0, answers: [record])) }
        #expect(questions == ["h srv", "h a", "h cname"])
        #expect(outcome?.type == nil)
    }

    @Test func `only missing names and empty answers are unresolvable`() {
        #expect(failure("", .nameError).isUnresolvable && failure("", .empty).isUnresolvable)
        #expect(!failure("", .server).isUnresolvable && !failure("", .transport).isUnresolvable)
    }

    private func failure(_ message: String, _ kind: DNSFailure.Kind) -> DNSFailure {
        DNSFailure(kind: kind, message: message)
    }
}
