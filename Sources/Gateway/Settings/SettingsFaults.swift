// Why settings could not be loaded.

/// All that is wrong with a configuration, in Kong's words and its order. `kong check` tells everything, the other
/// commands only the first.
package struct SettingsFaults: Error, Sendable, Equatable {
    package let texts: [String]

    package init(_ texts: [String]) { self.texts = texts }

    package var first: String { texts.first ?? "" }
}
