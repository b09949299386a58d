// Patterns that plugins search texts for. The library for them is the data plane's; plugins only know what it can do.

/// A compiled PCRE pattern.
package protocol TextPattern: Sendable {
    /// Whether the pattern matches anywhere in the text.
    func matches(_ text: borrowing Span<UInt8>) -> Bool
}

/// Compiles a pattern; nil when it is none, or one that can't be searched for.
package typealias PatternCompiler = @Sendable (_ pattern: String) -> (any TextPattern)?
