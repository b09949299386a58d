// Query strings and urlencoded forms, read the way OpenResty reads them, since what a plugin takes for a key must be
// what Kong took for it: the first 100 arguments count, `+` is a blank, an argument without `=` is a flag.

import Wire

/// What a request says under one name, be it in a header, an argument or a member of a body.
package enum NamedValue: Sendable, Equatable {
    case missing
    /// One text, which may be empty.
    case text([UInt8])
    /// One value that is no text: a flag, a number, a null.
    case other
    /// More than one value, or a list or object.
    case several
}

/// Looks up and removes single arguments without building a table of all of them.
package enum QueryArguments {
    /// How many arguments plugins see; the rest is passed on unread, as in Kong.
    package static let visibleCount = 100

    /// The value of the argument called `name` among the first 100. An argument without a name is none.
    package static func value(of name: [UInt8], in text: Span<UInt8>) -> NamedValue {
        var cursor = ArgumentCursor(limit: visibleCount)
        var found = NamedValue.missing
        while let argument = cursor.next(in: text) {
            guard PercentText.equals(text, argument.name, name) else { continue }
            guard found == .missing else { return .several }
            found = argument.value.map { .text(PercentText.decoded(text, $0)) } ?? .other
        }
        return found
    }

    /// Calls `body` with name and value of each of the first 100 arguments; the value of a flag is nil. Those without a
    /// name are left out.
    package static func forEachVisible(in text: Span<UInt8>, _ body: ([UInt8], [UInt8]?) -> Void) {
        var cursor = ArgumentCursor(limit: visibleCount)
        while let argument = cursor.next(in: text) {
            body(PercentText.decoded(text, argument.name), argument.value.map { PercentText.decoded(text, $0) })
        }
    }

    /// The text without the arguments called `name`, the others as they were written and in their order; nil when
    /// there is no such argument. All of them are looked at, so that a hidden key stays hidden behind 100 others.
    package static func removing(_ name: [UInt8], from text: Span<UInt8>) -> [UInt8]? {
        var cursor = ArgumentCursor(limit: .max)
        var kept: [UInt8] = []
        var isFound = false
        while let argument = cursor.next(in: text) {
            if PercentText.equals(text, argument.name, name) {
                isFound = true
                continue
            }
            if !kept.isEmpty { kept.append(UInt8(ascii: "&")) }
            for index in argument.whole { kept.append(text[index]) }
        }
        return isFound ? kept : nil
    }
}

/// One argument as ranges into the undecoded text.
private struct ArgumentRanges {
    let name: Range<Int>
    /// What follows the first `=`; nil for a flag.
    let value: Range<Int>?

    var whole: Range<Int> { name.lowerBound..<(value?.upperBound ?? name.upperBound) }
}

/// Goes through the arguments of a text that is given to each call.
private struct ArgumentCursor {
    private var position = 0
    private var remaining: Int

    init(limit: Int) { remaining = limit }

    /// The next argument with a name. Nameless ones are skipped, but count towards the limit.
    mutating func next(in text: Span<UInt8>) -> ArgumentRanges? {
        while position < text.count, remaining > 0 {
            remaining -= 1
            let argument = take(text)
            if !argument.name.isEmpty { return argument }
        }
        return nil
    }

    private mutating func take(_ text: Span<UInt8>) -> ArgumentRanges {
        let start = position
        var equals: Int?
        while position < text.count, text[position] != UInt8(ascii: "&") {
            if equals == nil, text[position] == UInt8(ascii: "=") { equals = position }
            position += 1
        }
        let end = position
        position += 1
        return ArgumentRanges(name: start..<(equals ?? end), value: equals.map { ($0 + 1)..<end })
    }
}
