// The groups of the regex that matched, for plugins that use them; made on demand only.

/// What the groups of a route's regex matched.
package struct RegexCaptures: Equatable, Sendable {
    /// By number, from 1 on at index 0; nil where a group took no part.
    package var numbered: [[UInt8]?]
    package var named: [String: [UInt8]]
}

extension Router {
    /// The groups of the path that matched, or nil if it has none (Kong then has no `uri_captures` either).
    /// - Parameter path: the path that was given to `match`.
    package func captures(_ match: RouteMatch, path: Span<UInt8>) -> RegexCaptures? {
        guard match.isRegex else { return nil }
        let pattern = tables.regexes.patterns[match.regexIndex]
        guard pattern.groupCount > 0 else { return nil }
        let room = Pattern.Room(groups: pattern.groupCount)
        guard pattern.match(path, room) >= 0 else { return nil }
        var captures = RegexCaptures(numbered: [], named: [:])
        for number in 1...pattern.groupCount {
            captures.numbered.append(room.range(number).map { Self.bytes(path, $0) })
        }
        for (number, name) in pattern.names {
            captures.named[name] = room.range(number).map { Self.bytes(path, $0) }
        }
        return captures
    }

    private static func bytes(_ path: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
        range.map { path[$0] }
    }
}
