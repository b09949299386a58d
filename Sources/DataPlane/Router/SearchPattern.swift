// A pattern that may match anywhere in a text, for the plugins that judge headers by patterns.

import PluginKit

/// A compiled pattern with room for its results, usable on any event loop.
package struct SearchPattern: TextPattern {
    private let pattern: Pattern

    /// nil when the pattern does not compile.
    package init?(_ pattern: String) {
        // Patterns are compiled to match at the start only: what comes before is matched as well.
        let bytes = Array("(?s:.*?)(?:\(pattern))".utf8)
        guard let compiled = try? Pattern.compile(bytes.span) else { return nil }
        self.pattern = compiled
    }

    package func matches(_ text: borrowing Span<UInt8>) -> Bool {
        pattern.match(text, Pattern.Room()) >= 0
    }
}
