// nginx decodes and resolves the path of every request before anything else sees it, and refuses what does not
// work out. The gateway passes the path on as it came, but refuses the same ones.

package enum PercentPath {
    /// Whether nginx would accept this path (from its first '/', no query).
    ///
    /// Refused: a '%' without two hexadecimal digits, an encoded NUL, and dot segments that climb above the root,
    /// where `%2e` counts as a dot, `%2f` as a slash and several slashes as one. A '%' that the very end of the
    /// request target cuts short is tolerated, so `endsTarget` says whether a query follows.
    package static func isValid(_ path: Span<UInt8>, endsTarget: Bool) -> Bool {
        isValid(path.bytes, Slice(0, path.count), endsTarget: endsTarget)
    }

    @inline(__always)
    static func isValid(_ bytes: RawSpan, _ path: Slice, endsTarget: Bool) -> Bool {
        isPlain(bytes, path) || isResolvable(bytes, path, endsTarget: endsTarget)
    }

    /// No '%' and no segment that starts with a dot: nothing to resolve.
    @inline(__always)
    private static func isPlain(_ bytes: RawSpan, _ path: Slice) -> Bool {
        let end = Int(path.end)
        guard ByteScan.first(Ascii.percent, in: bytes, from: Int(path.start), to: end) == end else { return false }
        var at = ByteScan.first(Ascii.dot, in: bytes, from: Int(path.start), to: end)
        while at < end {
            if at > Int(path.start), AsciiWord.byte(bytes, at &- 1) == Ascii.slash { return false }
            at = ByteScan.first(Ascii.dot, in: bytes, from: at &+ 1, to: end)
        }
        return true
    }

    private static func isResolvable(_ bytes: RawSpan, _ path: Slice, endsTarget: Bool) -> Bool {
        var segments = DotSegments()
        var at = Int(path.start)
        let end = Int(path.end)
        while at < end {
            var byte = AsciiWord.byte(bytes, at)
            if byte == Ascii.hash { break }
            if byte == Ascii.percent {
                guard let decoded = decode(bytes, at &+ 1, end) else {
                    return endsTarget && isCutShort(bytes, at &+ 1, end)
                }
                byte = decoded
                at &+= 2
            }
            guard byte != 0, segments.take(byte) else { return false }
            at &+= 1
        }
        return segments.finish()
    }

    private static func decode(_ bytes: RawSpan, _ at: Int, _ end: Int) -> UInt8? {
        guard at &+ 2 <= end, let high = Ascii.hexValue(AsciiWord.byte(bytes, at)),
            let low = Ascii.hexValue(AsciiWord.byte(bytes, at &+ 1))
        else { return nil }
        return high &<< 4 | low
    }

    /// Whether what follows the '%' is missing rather than wrong.
    private static func isCutShort(_ bytes: RawSpan, _ at: Int, _ end: Int) -> Bool {
        at == end || at &+ 1 == end && Ascii.hexValue(AsciiWord.byte(bytes, at)) != nil
    }
}

/// Counts how deep a path is, segment by segment.
private struct DotSegments {
    private var depth = 0
    private var length = 0
    private var dots = 0

    /// False when the path has climbed above its root.
    mutating func take(_ byte: UInt8) -> Bool {
        if byte == Ascii.slash { return finish() }
        length &+= 1
        if byte == Ascii.dot { dots &+= 1 }
        return true
    }

    /// Ends the current segment.
    mutating func finish() -> Bool {
        defer {
            length = 0
            dots = 0
        }
        guard length == dots, length <= 2 else {
            depth &+= 1
            return true
        }
        if length == 2 { depth &-= 1 }
        return depth >= 0
    }
}
