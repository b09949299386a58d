// How the rules of the transforming plugins are written: `name:value`, `old:new` or a name.

import Schema

enum TransformRule {
    /// The parts of a rule that name headers.
    enum Part: Sendable {
        case name
        /// The value as well: the new name of a renamed header.
        case both
    }

    /// Something before a colon.
    static let pair = Trait.matches("^[^:]+:.*$") { text in
        text.utf8.firstIndex(of: UInt8(ascii: ":")).map { $0 > text.startIndex } ?? false
    }

    /// What is before the colon, or on both sides of it, must be a header's name.
    static func headerName(of part: Part) -> Trait {
        .text { text in
            let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            for name in part == .both ? halves : Array(halves.prefix(1)) where !isHeaderName(name) {
                return "'\(name)' is not a valid header"
            }
            return nil
        }
    }

    private static func isHeaderName(_ name: Substring) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte.isAlphanumeric
            }
    }
}
