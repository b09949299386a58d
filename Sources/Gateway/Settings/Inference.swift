// Turns raw values into values of the kinds that the properties declare.

/// Collects the values of properties and what is wrong with their kinds.
struct Inference {
    private(set) var values: [String: SettingValue] = [:]
    private(set) var unset: Set<String> = []
    private(set) var faults: [String] = []

    /// Adds a property with the raw value that the file, a variable or an option gives it, if any does.
    mutating func add(_ property: Property, _ raw: RawValue?) {
        guard let raw else {
            values[property.name] = Self.standard(property)
            return
        }
        if let number = raw.number, Self.refusesNumbers(property.kind) {
            faults.append("\(property.name) is not a string: '\(SettingValue.number(number).fileText)'")
            return
        }
        if case .choice(let allowed, let also) = property.kind, !(allowed + also).contains(raw.text) {
            let shown = raw.text.isEmpty ? "nil" : raw.text
            faults.append("\(property.name) has an invalid value: '\(shown)' (\(allowed.joined(separator: ", ")))")
            return
        }
        let isStandard = raw.text.isEmpty && property.standard == ""
        let value = isStandard ? Self.standard(property) : Self.value(raw.text, property.kind)
        values[property.name] = value
        if value == nil, property.standard != nil { unset.insert(property.name) }
    }

    /// A named suite decides the ciphers; ssl_ciphers only counts with ssl_cipher_suite = custom.
    mutating func chooseCiphers() {
        guard case .text(let name) = values["ssl_cipher_suite"], let suite = CipherSuite(rawValue: name),
            suite != .custom
        else { return }
        values["ssl_ciphers"] = .text(suite.ciphers)
    }

    private static func refusesNumbers(_ kind: Property.Kind) -> Bool {
        switch kind {
        case .text(let digits): !digits
        case .choice: true
        case .number, .boolean, .onOff, .list: false
        }
    }

    private static func standard(_ property: Property) -> SettingValue? {
        guard let standard = property.standard else { return property.kind == .list ? .list([]) : nil }
        if case .text = property.kind { return .text(standard) }
        return value(standard, property.kind)
    }

    /// Nil for a value that unsets its property.
    private static func value(_ text: String, _ kind: Property.Kind) -> SettingValue? {
        if kind == .list {
            return .list(
                text.isEmpty ? [] : text.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmed))
        }
        guard !text.isEmpty else { return nil }
        switch kind {
        case .text, .choice: return .text(text)
        case .number: return RawValue.number(from: text).map(SettingValue.number)
        case .boolean: return .boolean(isOn(text))
        case .onOff: return .text(isOn(text) ? "on" : "off")
        case .list: return nil
        }
    }

    private static func isOn(_ text: String) -> Bool { text == "on" || text == "true" }
}
