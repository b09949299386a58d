// Whether a client takes gzip, as nginx reads Accept-Encoding: the first `gzip` that begins a word counts, with a
// weight of at most three digits behind the point; what is malformed is a no.

import Wire

package enum AcceptEncoding {
    private static let gzip: StaticString = "gzip"
    private static let nameCount = 4

    /// - Parameter value: of the request's first Accept-Encoding header.
    package static func takesGzip(_ value: borrowing Span<UInt8>) -> Bool {
        guard let end = endOfName(value) else { return false }
        var place = end
        while place < value.count {
            switch value[place] {
            case Ascii.comma: return true
            case Ascii.semicolon: return hasWeight(value, from: place + 1)
            case Ascii.space: place += 1
            default: return false
            }
        }
        return true
    }

    /// Where the name ends that begins the value or follows a comma or a blank.
    private static func endOfName(_ value: borrowing Span<UInt8>) -> Int? {
        var start = 0
        while start + nameCount <= value.count {
            if value.extracting(start..<start + nameCount).equalsIgnoringCase(gzip) {
                if start == 0 || value[start - 1] == Ascii.comma || value[start - 1] == Ascii.space {
                    return start + nameCount
                }
                start += nameCount
            } else {
                start += 1
            }
        }
        return nil
    }

    /// Whether a parameter is a weight above zero; none at all is one, too.
    private static func hasWeight(_ value: borrowing Span<UInt8>, from start: Int) -> Bool {
        var place = start
        while place < value.count, value[place] == Ascii.space { place += 1 }
        guard place < value.count else { return true }
        guard Ascii.lowercased(value[place]) == UInt8(ascii: "q"), place + 3 <= value.count,
            value[place + 1] == UInt8(ascii: "=")
        else { return false }
        return thousandths(value, from: place + 2) > 0
    }

    /// The digits' sum stands for the weight: more is not asked for. 0 for what is no weight, or above 1.
    private static func thousandths(_ value: borrowing Span<UInt8>, from start: Int) -> Int {
        guard value[start] == Ascii.zero || value[start] == UInt8(ascii: "1") else { return 0 }
        var weight = Int(value[start] - Ascii.zero) * 100
        guard start + 1 < value.count, !isEnd(value[start + 1]) else { return weight }
        guard value[start + 1] == Ascii.dot else { return 0 }
        var place = start + 2
        while place < value.count, !isEnd(value[place]) {
            guard Ascii.isDigit(value[place]) else { return 0 }
            weight += Int(value[place] - Ascii.zero)
            place += 1
        }
        return weight > 100 || place - start - 2 > 3 ? 0 : weight
    }

    private static func isEnd(_ byte: UInt8) -> Bool { byte == Ascii.comma || byte == Ascii.space }
}
