// The option parser of the kong command: small, with the messages and liberties of the one that Kong has.

/// An option of a command.
package struct Option: Sendable {
    package enum Kind: Sendable { case flag, text, number }

    package let name: String
    package let short: Character?
    package let kind: Kind
    package let doc: String

    package init(_ name: String, _ short: Character? = nil, _ kind: Kind, _ doc: String) {
        self.name = name
        self.short = short
        self.kind = kind
        self.doc = doc
    }
}

/// Why arguments could not be understood.
package enum OptionFault: Error, Equatable {
    case unrecognized(String)
    case missingValue(String)
    case noNumber(String)
    case help

    /// As Kong words it; nil for `help`, which only shows the usage.
    package var message: String? {
        switch self {
        case .unrecognized(let name): "kong: unrecognized parameter: \(name)"
        case .missingValue(let name): "kong: \(name) was expecting a value"
        case .noNumber(let text): "kong: unable to convert to number: \(text)"
        case .help: nil
        }
    }
}

/// The arguments of a command, sorted out. The last of repeated options wins.
package struct Options: Sendable {
    private var texts: [String: String] = [:]
    private var numbers: [String: Double] = [:]
    private var flags: Set<String> = []
    /// The words that are no options, in order.
    package private(set) var words: [String] = []

    package func text(_ name: String) -> String? { texts[name] }
    package func number(_ name: String) -> Double? { numbers[name] }
    package func has(_ name: String) -> Bool { flags.contains(name) }

    /// Every command's own: how much it tells.
    package static let common = [
        Option("v", "v", .flag, "tell what is being done"),
        Option("vv", nil, .flag, "tell everything"),
    ]

    package init(_ arguments: some Sequence<String>, known: [Option]) throws(OptionFault) {
        var rest = Array(arguments)[...]
        let known = known + Self.common
        while let argument = rest.popFirst() {
            if argument == "--" {
                words.append(contentsOf: rest)
                return
            } else if argument.hasPrefix("--") {
                try takeLong(argument.dropFirst(2), &rest, known)
            } else if argument.hasPrefix("-"), argument.count > 1 {
                try takeShort(argument.dropFirst(), &rest, known)
            } else {
                words.append(argument)
            }
        }
    }

    /// `--name`, `--name VALUE` or `--name=VALUE`.
    private mutating func takeLong(
        _ text: Substring, _ rest: inout ArraySlice<String>, _ known: [Option]
    ) throws(OptionFault) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts.first ?? "")
        if name == "help" { throw .help }
        guard let option = known.first(where: { $0.name == name }) else { throw .unrecognized(name) }
        let value = parts.count > 1 ? String(parts[1]) : nil
        try set(option, option.kind == .flag ? nil : value ?? rest.popFirst())
    }

    /// `-p VALUE`, `-pVALUE`, `-p=VALUE`, or flags one after the other as in `-yq`.
    private mutating func takeShort(
        _ text: Substring, _ rest: inout ArraySlice<String>, _ known: [Option]
    ) throws(OptionFault) {
        if text == "vv" { return try takeLong(text, &rest, known) }
        var letters = text
        while let letter = letters.popFirst() {
            if letter == "h" { throw .help }
            guard let option = known.first(where: { $0.short == letter }) else { throw .unrecognized(String(letter)) }
            guard option.kind != .flag else {
                try set(option, nil)
                continue
            }
            if letters.first == "=" { letters.removeFirst() }
            return try set(option, letters.isEmpty ? rest.popFirst() : String(letters))
        }
    }

    private mutating func set(_ option: Option, _ value: String?) throws(OptionFault) {
        if option.kind == .flag {
            flags.insert(option.name)
            return
        }
        guard let value else { throw .missingValue(option.name) }
        if option.kind == .number {
            guard let number = RawValue.number(from: value) else { throw .noNumber(value) }
            numbers[option.name] = number
        } else {
            texts[option.name] = value
        }
    }
}
