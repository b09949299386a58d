// The arguments of a list: size, offset and tags, with Kong's refusals.

import Schema
import Store

struct PageArguments: Sendable {
    let size: Int
    let offset: String?
    let tags: TagFilter?
    /// The tags as sent, for the link to the next page.
    let tagsAsSent: String?

    /// Reads the arguments; the tag filter only where the list can be filtered by tags.
    init(_ query: FormArguments, isTaggable: Bool) throws(EntityError) {
        size = try Self.size(query.first("size"))
        offset = query.first("offset").map { $0.value ?? "true" }
        let wanted = isTaggable ? query.first("tags") : nil
        tagsAsSent = wanted?.value
        tags = if let wanted { try TagFilterSyntax.parse(wanted.value ?? "") } else { nil }
    }

    private static func size(_ argument: FormArgument?) throws(EntityError) -> Int {
        guard let argument else { return PageQuery.sizeDefault }
        guard let number = argument.value.flatMap(number) else { throw .invalidSize("size must be a number") }
        guard let size = Int(exactly: number), (1...PageQuery.sizeMax).contains(size) else {
            throw .invalidSize("size must be an integer between 1 and \(PageQuery.sizeMax)")
        }
        return size
    }

    /// A number as Lua reads it: blanks around it and hexadecimal digits are fine.
    private static func number(_ text: String) -> Double? {
        let bare = text.drop { $0.isWhitespace }
        guard bare.utf8.allSatisfy({ $0 < 0x80 }), let last = bare.lastIndex(where: { !$0.isWhitespace }) else {
            return nil
        }
        return Double(bare[...last])
    }
}
