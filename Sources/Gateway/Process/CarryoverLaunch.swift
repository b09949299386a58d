// How workers find each other's carryovers: the master gives each of them a piece of memory and a pipe, and the next
// one gets those of the workers before it. It travels in a variable of its own, since a master of an older program
// knows nothing of it.

/// Where one worker's carryover is, as others see it.
package struct CarryoverPlace: Sendable, Hashable {
    package let memory: Int32
    /// A byte written here asks the worker to write down what it has counted until now.
    package let asks: Int32

    package init(memory: Int32, asks: Int32) {
        (self.memory, self.asks) = (memory, asks)
    }
}

/// What a worker is told of carryovers. All numbers are descriptors that it inherits.
package struct CarryoverLaunch: Sendable, Hashable {
    /// Its own.
    package let own: CarryoverPlace
    /// The other end of its own `asks`.
    package let questions: Int32
    /// The memory of workers that have ended, the oldest first. What they counted is this one's from now on.
    package let ended: [Int32]
    /// Workers that live, the oldest first.
    package let living: [CarryoverPlace]

    package init(own: CarryoverPlace, questions: Int32, ended: [Int32], living: [CarryoverPlace]) {
        (self.own, self.questions, self.ended, self.living) = (own, questions, ended, living)
    }

    package static let variable = "GIBBON_CARRYOVER"

    package var descriptors: [Int32] {
        [own.memory, own.asks, questions] + ended + living.flatMap { [$0.memory, $0.asks] }
    }

    /// "MEMORY ASKS QUESTIONS|MEMORY,MEMORY|MEMORY ASKS,MEMORY ASKS".
    package var encoded: String {
        let ended = ended.map(String.init).joined(separator: ",")
        let living = living.map { "\($0.memory) \($0.asks)" }.joined(separator: ",")
        return "\(own.memory) \(own.asks) \(questions)|\(ended)|\(living)"
    }

    /// Nil when the text is none that `encoded` makes.
    package init?(encoded: String?) {
        let parts = encoded?.split(separator: "|", omittingEmptySubsequences: false) ?? []
        guard parts.count == 3 else { return nil }
        let own = Self.numbers(parts[0])
        let living = parts[2].split(separator: ",").map(Self.numbers)
        guard own.count == 3, living.allSatisfy({ $0.count == 2 }) else { return nil }
        self.init(
            own: CarryoverPlace(memory: own[0], asks: own[1]), questions: own[2],
            ended: parts[1].split(separator: ",").compactMap { Int32($0) },
            living: living.map { CarryoverPlace(memory: $0[0], asks: $0[1]) })
    }

    private static func numbers(_ text: Substring) -> [Int32] {
        text.split(separator: " ").compactMap { Int32($0) }
    }
}
