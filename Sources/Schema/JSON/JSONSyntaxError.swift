// What is wrong with a text that should have been JSON, and where.

/// Why a text is not JSON. `offset` counts bytes from the start.
package struct JSONSyntaxError: Error, Sendable, Hashable {
    package enum Reason: String, Sendable {
        case unexpectedEnd = "unexpected end"
        case unexpectedByte = "unexpected character"
        case badNumber = "bad number"
        case badEscape = "bad escape"
        case badText = "text is not valid UTF-8"
        case controlCharacter = "unescaped control character"
        case tooDeep = "nested too deeply"
        case trailingBytes = "unexpected text after the value"
    }

    package let reason: Reason
    package let offset: Int
}
