// The declaration of one kong.conf property. The parser, the validation, kong.conf.default, the --vv dump, .kong_env,
// the configuration object of GET / and the reference page are all derived from the list of these.

/// One property of kong.conf: its name, kind, default and what it means to this gateway.
package struct Property: Sendable {
    /// How the text of a file or variable becomes a value.
    package enum Kind: Sendable, Equatable {
        /// Text. In a file, a value of digits alone is refused unless `digits` is set: Kong takes such a value for a
        /// number and only turns it back for the properties that it knows to be texts.
        case text(digits: Bool)
        /// A number; anything else unsets the property without a word, as in Kong.
        case number
        /// True for `on` and `true`, false for everything else.
        case boolean
        /// Like `boolean`, but kept as the texts `on` and `off`.
        case onOff
        /// A comma-separated list of texts.
        case list
        /// One of a few texts. `also` are values beyond Kong's, which its error texts do not name.
        case choice([String], also: [String] = [])
    }

    /// What the gateway does with a property.
    package enum Meaning: Sendable, Equatable {
        case honoured
        /// Accepted, so that a kong.conf of Kong 1.1.2 works, but without effect for the reason given.
        case inert(String)
    }

    package let name: String
    package let kind: Kind
    /// The default as it would stand in a file; nil when the property is unset by default.
    package let standard: String?
    package let doc: String
    package let meaning: Meaning
    /// Whether output shows `******` in place of the value.
    package let isSensitive: Bool

    init(
        _ name: String, _ kind: Kind, default standard: String? = nil, sensitive: Bool = false,
        meaning: Meaning = .honoured, doc: String
    ) {
        self.name = name
        self.kind = kind
        self.standard = standard
        self.doc = doc
        self.meaning = meaning
        self.isSensitive = sensitive
    }

    /// The environment variable that overrides the property.
    package var variable: String { "KONG_" + name.uppercased() }
}

extension Property {
    /// A headline of kong.conf.default with the properties below it.
    package struct Section: Sendable {
        package let title: String
        package let properties: [Property]
    }

    /// All properties, in the order of kong.conf.default.
    package static let sections = [
        general, network, tls, requests, datastore, postgres, cassandra, caching, resolver, lua, metrics,
    ]

    package static let all = sections.flatMap(\.properties)

    static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}
