// Why a declarative document was refused, as the text that Kong prints and that POST /config answers.

/// A declarative document that cannot be used. `text` is Kong's, several lines where several things are wrong.
package struct DeclarativeError: Error, Sendable, Equatable {
    package let text: String
    /// A list stands where the names of entities should: `kong config` has a text of its own for that.
    package private(set) var isList = false

    package init(_ text: String) {
        self.text = text
    }

    static let notATable = DeclarativeError("expected a table as input")

    static var list: DeclarativeError {
        var error = notATable
        error.isList = true
        return error
    }
}
