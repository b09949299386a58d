// The syntax of ?tags=: a,b for rows with all tags, a/b for rows with any. Like Kong it takes a separator
// at the end, and unlike Kong, which fails with 500, it refuses an empty filter.

import Schema
import Store

enum TagFilterSyntax {
    /// Kong asks its database for no more tags at once.
    static let tagLimit = 5

    static func parse(_ text: String) throws(EntityError) -> TagFilter {
        let separator: Character = text.contains("/") ? "/" : ","
        var tags = text.split(separator: separator, omittingEmptySubsequences: false).map(String.init)
        if tags.count > 1, tags.last == "" { tags.removeLast() }
        guard tags.allSatisfy(isTag) else { throw refusal("invalid filter syntax") }
        guard tags.count <= tagLimit else { throw refusal("cannot query more than \(tagLimit) tags") }
        return separator == "/" ? .any(tags) : .all(tags)
    }

    static func isTag(_ text: String) -> Bool {
        !text.isEmpty && PercentDecoding.encode(text) == text
    }

    private static func refusal(_ text: String) -> EntityError {
        .invalidOptions(["tags": .string(text)])
    }
}
