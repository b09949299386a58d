// The questions that are asked for one name, one after the other: a pure machine. The resolver's thread asks them
// and feeds the answers in.

/// A lookup in progress. Kong's order: for each record type all variants of the name, until something answers; the
/// failure reported is that of the last question.
package struct NameLookup: Sendable {
    package enum Step: Equatable {
        case ask(DNSQuestion)
        case finished(LookupOutcome)
    }

    private let rules: LookupRules
    private let questions: [DNSQuestion]
    private var next = 0
    private var failure = DNSFailure.empty

    /// - Parameters:
    ///   - host: in lower case.
    ///   - lastType: the type that answered last time.
    package init(host: String, lastType: RecordType?, rules: LookupRules) {
        self.rules = rules
        let names = NameLookup.variants(of: host, rules)
        questions = NameLookup.types(rules.order, lastType).flatMap { type in
            names.map { DNSQuestion(name: $0, type: type) }
        }
    }

    /// The first question.
    package mutating func start() -> Step {
        advance()
    }

    /// Takes the answer to the question asked last.
    package mutating func receive(_ answer: Result<DNSMessage, DNSFailure>) -> Step {
        let question = questions[next - 1]
        switch answer {
        case .failure(let reason):
            failure = reason
        case .success(let message) where message.responseCode != 0:
            failure = .server(message.responseCode)
        case .success(let message):
            let (records, seconds) = message.records(of: question.type, for: question.name)
            if let found = use(records, of: question) {
                let lifetime = rules.validLifetime?.wholeMilliseconds ?? Int64(seconds) * 1000
                return .finished(
                    LookupOutcome(answer: .success(found), lifetimeMilliseconds: lifetime, type: question.type))
            }
        }
        return advance()
    }

    private mutating func use(_ records: [DNSRecord], of question: DNSQuestion) -> HostAnswer? {
        failure = .empty
        switch question.type {
        case .a, .aaaa:
            let addresses = records.compactMap { if case .address(let address) = $0.content { address } else { nil } }
            return addresses.isEmpty ? nil : .addresses(addresses)
        case .cname:
            guard case .alias(let target) = records.first?.content else { return nil }
            return .alias(target)
        case .srv:
            let services = records.compactMap { if case .service(let service) = $0.content { service } else { nil } }
            // A record that names its own owner would never end (Kong ignores it, too).
            let others = services.filter { $0.target != question.name }
            if others.isEmpty, !services.isEmpty { failure = .recursion }
            return others.isEmpty ? nil : .services(others)
        }
    }

    private mutating func advance() -> Step {
        if next < questions.count {
            next += 1
            return .ask(questions[next - 1])
        }
        return .finished(LookupOutcome(answer: .failure(failure), lifetimeMilliseconds: failureLifetime))
    }

    /// Kong 1.1.2 has the two settings the wrong way round, and its users' configurations are tuned to that. When no
    /// server answered at all the short one applies, so that names are back soon after the servers are.
    private var failureLifetime: Int64 {
        let lifetime = failure.kind == .server ? rules.notFoundLifetime : rules.errorLifetime
        return lifetime.wholeMilliseconds
    }

    private static func types(_ order: [DNSOrder], _ lastType: RecordType?) -> [RecordType] {
        var types: [RecordType] = []
        for entry in order {
            if let type = entry.type ?? lastType, !types.contains(type) { types.append(type) }
        }
        return types
    }

    private static func variants(of host: String, _ rules: LookupRules) -> [String] {
        if host.hasSuffix(".") { return [String(host.dropLast())] }
        let searched = rules.search.map { host + "." + $0 }
        let dots = host.utf8.count { $0 == 0x2E }
        return dots < rules.dotsForAbsolute ? searched + [host] : [host] + searched
    }
}
