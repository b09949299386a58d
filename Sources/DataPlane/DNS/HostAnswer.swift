// What a name turned out to be.

/// A usable answer for a name.
package enum HostAnswer: Sendable, Equatable {
    case addresses([HostAddress])
    /// All records of the answer, whatever their priority.
    case services([ServiceRecord])
    /// The name stands for another one.
    case alias(String)
}

/// The end of a lookup.
package struct LookupOutcome: Sendable, Equatable {
    package var answer: Result<HostAnswer, DNSFailure>
    /// How long the answer may be used, in milliseconds; 0 for this one time.
    package var lifetimeMilliseconds: Int64
    /// The record type that answered, for LAST; nil for a failure.
    package var type: RecordType?

    package init(answer: Result<HostAnswer, DNSFailure>, lifetimeMilliseconds: Int64, type: RecordType? = nil) {
        self.answer = answer
        self.lifetimeMilliseconds = lifetimeMilliseconds
        self.type = type
    }

    /// For literals and the hosts file: ten years, as in Kong.
    static func lasting(_ address: HostAddress) -> LookupOutcome {
        LookupOutcome(answer: .success(.addresses([address])), lifetimeMilliseconds: 315_360_000_000)
    }
}
