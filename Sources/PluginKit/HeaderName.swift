// A header's name, prepared once (when the configuration is compiled) for the ways the hot path needs it:
// as written for sending, in lower case for comparing, and as the known-header id.

import Wire

/// A header field name. Compared without regard to case, sent as it was written.
package struct HeaderName: Sendable, Hashable {
    /// The name as written.
    package let bytes: [UInt8]
    /// The name in lower case.
    package let lowered: [UInt8]
    /// The well-known header this is, or `.other`.
    package let known: KnownHeader

    package init(_ text: String) {
        self.init(bytes: Array(text.utf8))
    }

    package init(bytes: [UInt8]) {
        self.bytes = bytes
        lowered = bytes.map(Ascii.lowercased)
        known = KnownHeader.lookup(bytes.span)
    }

    /// The name with `-` for every `_`, which OpenResty tries when there is no header of the name itself; nil when
    /// that is the same name.
    package var dashed: HeaderName? {
        let underscore = UInt8(ascii: "_")
        guard bytes.contains(underscore) else { return nil }
        return HeaderName(bytes: bytes.map { $0 == underscore ? UInt8(ascii: "-") : $0 })
    }

    package static func == (left: HeaderName, right: HeaderName) -> Bool {
        left.lowered == right.lowered
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(lowered)
    }

    /// Whether `name` (any case) is this header's name.
    package func matches(_ name: borrowing Span<UInt8>) -> Bool {
        guard name.count == lowered.count else { return false }
        for index in lowered.indices where Ascii.lowercased(name[index]) != lowered[index] {
            return false
        }
        return true
    }
}

extension HeaderName: ExpressibleByStringLiteral {
    package init(stringLiteral value: StaticString) {
        self.init(value.description)
    }
}

extension KnownHeader {
    /// Equality that is a comparison of two bytes: `==` goes through a generic function of the standard library, since
    /// the enum is another module's.
    @inline(__always)
    func isSame(as other: KnownHeader) -> Bool { rawValue == other.rawValue }
}
