// What validation needs from outside: the declarations, the time, random values and the checks of foreign syntaxes.
// It is handed in so that Schema depends on nothing and tests choose the values.

/// The surroundings of a validation.
package struct ValidationContext: Sendable {
    package var catalog: Catalog
    /// The time in epoch seconds, with a fraction.
    package var now: @Sendable () -> Double
    /// A fresh UUID.
    package var makeID: @Sendable () -> String
    /// A fresh random text of 32 letters and digits.
    package var makeToken: @Sendable () -> String
    package var syntax: SyntaxChecks
    /// The rows are those of a declarative document, which are stored as they are written: a password in one is its
    /// digest already.
    package var isDocument = false

    package init(
        catalog: Catalog,
        syntax: SyntaxChecks = SyntaxChecks(),
        now: @escaping @Sendable () -> Double = WallClock.now,
        makeID: @escaping @Sendable () -> String = UUIDText.random,
        makeToken: @escaping @Sendable () -> String = RandomToken.make
    ) {
        self.catalog = catalog
        self.syntax = syntax
        self.now = now
        self.makeID = makeID
        self.makeToken = makeToken
    }
}

/// Checks of texts in foreign languages, which need libraries that Schema does not link. Each returns what is wrong,
/// or nil; by default nothing is.
package struct SyntaxChecks: Sendable {
    /// A PCRE pattern; the text is PCRE's.
    package var regexError: @Sendable (_ pattern: String) -> String? = { _ in nil }
    /// A PEM certificate; the text is OpenSSL's.
    package var certificateError: @Sendable (_ pem: String) -> String? = { _ in nil }
    /// A PEM private key; the text is OpenSSL's.
    package var privateKeyError: @Sendable (_ pem: String) -> String? = { _ in nil }
    /// A PEM public key.
    package var publicKeyError: @Sendable (_ pem: String) -> String? = { _ in nil }
    /// Whether a certificate's public key is the one of the private key.
    package var isPair: @Sendable (_ certificate: String, _ key: String) -> Bool = { _, _ in true }
    /// A chunk of Lua; the text is the compiler's.
    package var luaError: @Sendable (_ source: String) -> String? = { _ in nil }

    package init() {}
}
