// The request target taken apart: origin form (/path?query) and absolute form (http://host/path). The forms of
// CONNECT and OPTIONS * are refused, as nginx refuses them.

package struct RequestTarget: Sendable {
    package enum Scheme: UInt8, Sendable { case http, https }

    private(set) var scheme: Scheme?
    private(set) var authority: Slice?
    private(set) var uri: Slice
    private(set) var path: Slice
    private(set) var query: Slice?

    /// nil when the target is neither form, or its path is one that nginx refuses (see `PercentPath`).
    init?(_ bytes: RawSpan, _ target: Slice) {
        uri = target
        path = target
        guard !target.isEmpty else { return nil }
        if AsciiWord.byte(bytes, Int(target.start)) != Ascii.slash {
            guard takeAuthority(bytes, target) else { return nil }
        }
        let start = Int(uri.start)
        let end = Int(uri.end)
        let mark = ByteScan.first(Ascii.question, in: bytes, from: start, to: end)
        path = Slice(start, mark)
        query = mark < end ? Slice(mark &+ 1, end) : nil
        guard PercentPath.isValid(bytes, path, endsTarget: mark == end) else { return nil }
    }

    /// nginx takes capitals, '_' and '-' for a method; anything else is no request line.
    static func isMethodByte(_ byte: UInt8) -> Bool {
        Ascii.isUppercase(byte) || byte == Ascii.dash || byte == UInt8(ascii: "_")
    }

    static func endOfMethod(_ bytes: RawSpan, _ start: Int, _ end: Int) -> Int {
        var at = start
        while at < end, isMethodByte(AsciiWord.byte(bytes, at)) { at &+= 1 }
        return at
    }

    /// Splits an absolute-form target. Without a path the URI is "/", for which a slash of "://" stands in.
    private mutating func takeAuthority(_ bytes: RawSpan, _ target: Slice) -> Bool {
        guard let prefix = takeScheme(bytes, target) else { return false }
        let start = Int(target.start) &+ prefix
        let end = Int(target.end)
        let slash = ByteScan.first(Ascii.slash, in: bytes, from: start, to: end)
        let authority = Slice(start, slash)
        guard HostName.isValid(bytes, authority) else { return false }
        self.authority = authority
        uri = slash < end ? Slice(slash, end) : Slice(start &- 1, start)
        return true
    }

    /// The length of "http://" or "https://", when the target starts so.
    private mutating func takeScheme(_ bytes: RawSpan, _ target: Slice) -> Int? {
        if Self.starts(bytes, target, "http://") {
            scheme = .http
            return 7
        }
        guard Self.starts(bytes, target, "https://") else { return nil }
        scheme = .https
        return 8
    }

    private static func starts(_ bytes: RawSpan, _ target: Slice, _ prefix: StaticString) -> Bool {
        let count = UInt32(truncatingIfNeeded: prefix.utf8CodeUnitCount)
        guard target.count >= count else { return false }
        return Token.equals(bytes, Slice(start: target.start, count: count), prefix)
    }
}
