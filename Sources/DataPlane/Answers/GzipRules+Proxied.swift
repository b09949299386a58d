// gzip_proxied: whether the answer to a request that another proxy passed on is compressed. That proxy may keep the
// answer and give it to clients that take no gzip, so that only what it must not keep is, unless told otherwise.

import Wire

extension GzipRules {
    /// What of an answer's head counts, as the client gets it.
    package struct Cacheability: Sendable {
        package var hasAuthorization = false
        package var expires: [UInt8]?
        package var date: [UInt8]?
        /// The values of every line.
        package var cacheControl: [[UInt8]] = []
        package var hasLastModified = false
        package var hasETag = false

        package init() {}
    }

    /// - Parameter now: in seconds, for answers without a Date.
    package func allowsProxied(_ answer: Cacheability, now: Int) -> Bool {
        if proxied.contains(.off) { return false }
        if proxied.contains(.any) || proxied.contains(.auth) && answer.hasAuthorization { return true }
        if let expires = answer.expires {
            guard proxied.contains(.expired), let end = HTTPDate.seconds(expires) else { return false }
            guard let date = answer.date else { return end < now }
            guard let begin = HTTPDate.seconds(date) else { return false }
            return end < begin
        }
        if !answer.cacheControl.isEmpty {
            let words: [(Proxied, StaticString)] = [
                (.noCache, "no-cache"), (.noStore, "no-store"), (.isPrivate, "private"),
            ]
            return words.contains { flag, word in
                proxied.contains(flag) && answer.cacheControl.contains { CacheControl.has(word, in: $0.span) }
            }
        }
        if proxied.contains(.noLastModified), answer.hasLastModified { return false }
        return !(proxied.contains(.noETag) && answer.hasETag)
    }
}

enum CacheControl {
    /// Whether one of the parts is just that word.
    static func has(_ word: StaticString, in value: borrowing Span<UInt8>) -> Bool {
        let count = word.utf8CodeUnitCount
        var start = 0
        while start + count <= value.count {
            if value.extracting(start..<start + count).equalsIgnoringCase(word) {
                var end = start + count
                while end < value.count, value[end] == Ascii.space { end += 1 }
                if end == value.count || value[end] == Ascii.comma { return true }
            }
            while start < value.count, value[start] != Ascii.comma, value[start] != Ascii.semicolon { start += 1 }
            start += 1
            while start < value.count, value[start] == Ascii.space { start += 1 }
        }
        return false
    }
}
