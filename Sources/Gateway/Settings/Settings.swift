// The settings of a node, checked and resolved: what the whole program reads.

import Schema

/// All properties of kong.conf with their values in force. Made by `SettingsLoader`.
package struct Settings: Sendable {
    /// The values of all properties that are set.
    package internal(set) var values: [String: SettingValue]
    /// The properties that were unset on purpose although they have a default.
    package let unset: Set<String>
    package let directives: [Directive]
    package let proxyListeners: [ListenAddress]
    package let adminListeners: [ListenAddress]
    package let streamListeners: [ListenAddress]
    /// Where everything below the prefix lies.
    package let paths: PrefixPaths

    /// The prefix: absolute, without a slash at its end.
    package var prefix: String { paths.prefix }

    package subscript(property: String) -> SettingValue? { values[property] }
}

extension Settings {
    package func text(_ property: String) -> String? {
        if case .text(let text) = values[property] { text } else { nil }
    }

    package func number(_ property: String) -> Double? {
        if case .number(let number) = values[property] { number } else { nil }
    }

    package func flag(_ property: String) -> Bool { values[property] == .boolean(true) }

    package func list(_ property: String) -> [String] {
        if case .list(let items) = values[property] { items } else { [] }
    }
}
