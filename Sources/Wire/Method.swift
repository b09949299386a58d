// The request methods the gateway tells apart; any other upper-case word is passed on as it is.

/// A request method. `.other` stands for any further name, which is found at `RequestHead.methodSlice`.
package enum Method: UInt8, Sendable, CaseIterable {
    case other
    case get, head, post, put, delete, options, patch, trace, connect
    case mkcol, copy, move, propfind, lock, unlock

    /// Repeating such a request may do something twice, so nginx does not try the next upstream once it was sent
    /// (proxy_next_upstream without non_idempotent).
    package var isNonIdempotent: Bool { self == .post || self == .patch || self == .lock }

    /// The method with this exact name; names are case-sensitive (RFC 9110 section 9.1).
    static func named(_ word: UInt64, count: Int) -> Method {
        switch count {
        case 3: word == AsciiWord.of("GET") ? .get : word == AsciiWord.of("PUT") ? .put : .other
        case 4: named4(word)
        case 5: word == AsciiWord.of("PATCH") ? .patch : word == AsciiWord.of("TRACE") ? .trace : named5(word)
        case 6: word == AsciiWord.of("DELETE") ? .delete : word == AsciiWord.of("UNLOCK") ? .unlock : .other
        case 7: word == AsciiWord.of("OPTIONS") ? .options : word == AsciiWord.of("CONNECT") ? .connect : .other
        case 8: word == AsciiWord.of("PROPFIND") ? .propfind : .other
        default: .other
        }
    }

    private static func named4(_ word: UInt64) -> Method {
        if word == AsciiWord.of("POST") { return .post }
        if word == AsciiWord.of("HEAD") { return .head }
        if word == AsciiWord.of("LOCK") { return .lock }
        if word == AsciiWord.of("COPY") { return .copy }
        return word == AsciiWord.of("MOVE") ? .move : .other
    }

    private static func named5(_ word: UInt64) -> Method {
        word == AsciiWord.of("MKCOL") ? .mkcol : .other
    }
}
