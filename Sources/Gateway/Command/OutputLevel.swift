// How important a line of a command's output is.

/// The levels of output, from the most talkative to the gravest.
package enum OutputLevel: String, Sendable, CaseIterable, Comparable {
    case debug, verbose, info, warn, error

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    package static func < (one: OutputLevel, other: OutputLevel) -> Bool { one.rank < other.rank }
}
