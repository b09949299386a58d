// One header line into a name and a value. What nginx forgives here (blanks before the colon, names with odd
// signs, lines without a colon, folded lines) is refused: two parsers that forgive differently disagree.

enum FieldLine {
    /// The field in the bytes from `start` to `end` (no line end); nil when it is malformed.
    @inline(__always)
    static func parse(_ bytes: RawSpan, _ start: Int, _ end: Int) -> HeaderField? {
        // A folded line starts with a blank, which is no name character, so it ends here as well.
        let nameEnd = ByteScan.firstNonToken(bytes, from: start, to: end)
        guard nameEnd > start, nameEnd < end, AsciiWord.byte(bytes, nameEnd) == Ascii.colon else { return nil }
        let name = Slice(start, nameEnd)
        let value = trimmed(bytes, nameEnd &+ 1, end)
        return HeaderField(name: name, value: value, known: HeaderNames.table.lookup(bytes, name))
    }

    /// The range without the blanks at its ends.
    static func trimmed(_ bytes: RawSpan, _ start: Int, _ end: Int) -> Slice {
        var first = start
        var last = end
        while first < last, Ascii.isBlank(AsciiWord.byte(bytes, first)) { first &+= 1 }
        while last > first, Ascii.isBlank(AsciiWord.byte(bytes, last &- 1)) { last &-= 1 }
        return Slice(first, last)
    }
}
