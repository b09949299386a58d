// One page of a list, with the link to the next.

import Schema

extension AdminAnswer {
    /// - Parameters:
    ///   - offset: Where the next page starts; nil on the last page, which then has no `offset` member.
    ///   - tags: The filter as sent, kept in the link. The page size is not, as in Kong.
    static func page(_ rows: [JSON], next offset: String?, path: String, tags: String? = nil) -> AdminAnswer {
        var body: JSONObject = ["data": .array(rows), "next": .null]
        if let offset {
            let filter = tags.map { "&tags=\($0)" } ?? ""
            body["next"] = .string("\(path)?offset=\(PercentDecoding.encode(offset))\(filter)")
            body["offset"] = .string(offset)
        }
        return .ok(.object(body))
    }
}
