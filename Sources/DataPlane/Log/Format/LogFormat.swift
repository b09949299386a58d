// A format of access lines as nginx's log_format has it: text with variables in it, taken apart once at the start.

/// What every line of a log says.
package struct LogFormat: Sendable {
    /// What is done to a variable's value, so that a line stays a line.
    package enum Escape: String, Sendable {
        /// `\xXX` for quotes, backslashes and everything that is not printable.
        case standard = "default"
        /// As within a text of JSON.
        case json
        case none
    }

    /// Why a format is refused, in nginx's words.
    package struct Fault: Error, Equatable {
        package let text: String

        package init(text: String) {
            self.text = text
        }
    }

    enum Part: Sendable, Equatable {
        case text([UInt8])
        case variable(LogVariable)
    }

    let parts: [Part]
    let escape: Escape
    let wants: LogWants

    package init(_ text: String, escape: Escape = .standard) throws(Fault) {
        var parts: [Part] = []
        var rest = Array(text.utf8)[...]
        while let next = rest.firstIndex(of: UInt8(ascii: "$")) {
            if next > rest.startIndex { parts.append(.text(Array(rest[..<next]))) }
            rest = rest[(next + 1)...]
            parts.append(.variable(try Self.variable(&rest)))
        }
        if !rest.isEmpty { parts.append(.text(Array(rest))) }
        self.parts = parts
        self.escape = escape
        wants = parts.reduce(into: []) { wants, part in
            if case .variable(let variable) = part { wants.formUnion(variable.wants) }
        }
    }

    /// The variable whose name begins here, as `name` or `{name}`; it is taken off.
    private static func variable(_ rest: inout ArraySlice<UInt8>) throws(Fault) -> LogVariable {
        let isBraced = rest.first == UInt8(ascii: "{")
        if isBraced { rest = rest.dropFirst() }
        let bytes = rest.prefix { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        let name = String(decoding: bytes, as: UTF8.self)
        rest = rest[bytes.endIndex...]
        guard !name.isEmpty else { throw Fault(text: "invalid variable name in log_format") }
        if isBraced {
            guard rest.first == UInt8(ascii: "}") else {
                throw Fault(text: "the closing bracket in \"\(name)\" variable is missing")
            }
            rest = rest.dropFirst()
        }
        guard let variable = LogVariable(name) else { throw Fault(text: "unknown \"\(name)\" variable") }
        return variable
    }
}

/// What is only noted when a line tells it.
struct LogWants: OptionSet, Sendable {
    let rawValue: Int

    /// What was tried upstream.
    static let tries = LogWants(rawValue: 1)
    /// The head that the client was sent.
    static let sentHead = LogWants(rawValue: 2)
    /// What was agreed in the TLS handshake.
    static let handshake = LogWants(rawValue: 4)
}
