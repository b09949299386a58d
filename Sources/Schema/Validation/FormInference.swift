// Forms and queries carry only texts; the schema says what they stand for. Of JSON bodies only those that change a
// plugin are read this way, as by Kong.

extension EntitySchema {
    /// The body of a form with its texts turned into the types of the fields.
    /// - Parameter stored: The row that is changed, if any: a plugin's name may only be known from it.
    package func inferred(fromForm form: JSONObject, stored: Row? = nil, in context: ValidationContext) -> JSONObject {
        var chooser = form
        if let variantKey, form[variantKey] == nil, let choice = stored?[variantKey] { chooser[variantKey] = choice }
        return schema(for: chooser, context).record.inferred(fromForm: form)
    }
}

extension RecordSchema {
    /// Members that are no fields stay as they are.
    package func inferred(fromForm form: JSONObject) -> JSONObject {
        JSONObject(form.map { ($0.key, field($0.key)?.inferred(fromForm: $0.value) ?? $0.value) })
    }
}

extension FieldSpec {
    /// A text that does not fit stays a text, for the validator to refuse.
    package func inferred(fromForm value: JSON) -> JSON {
        if value == .string("") { return .null }
        switch (kind, value) {
        case (.number, .string(let text)), (.integer, .string(let text)):
            return FormNumber.parse(text).map(JSON.number) ?? value
        case (.boolean, "true"): return true
        case (.boolean, "false"): return false
        case (.array(let element), .array(let items)), (.set(let element), .array(let items)):
            return .array(items.map(element.inferred))
        case (.array(let element), .string), (.set(let element), .string), (.array(let element), .number),
            (.set(let element), .number), (.array(let element), .bool(true)), (.set(let element), .bool(true)):
            return .array([element.inferred(fromForm: value)])
        case (.foreign, .object(let members)):
            return .object(JSONObject(members.map { ($0.key, $0.value.emptyAsNull) }))
        case (.map(_, let values), .object(let members)):
            return .object(JSONObject(members.map { ($0.key, values.inferred(fromForm: $0.value)) }))
        case (.record(let schema), .object(let members)):
            return .object(schema.inferred(fromForm: members))
        default: return value
        }
    }
}

extension JSON {
    fileprivate var emptyAsNull: JSON { self == .string("") ? .null : self }
}

/// Numbers in forms, as Lua reads them.
enum FormNumber {
    /// Decimal or hexadecimal, white space around it allowed.
    static func parse(_ text: String) -> Double? {
        let trimmed = text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
        let digits = String(trimmed)
        let isNumeric = digits.utf8.contains(where: \.isDigit) && digits.utf8.allSatisfy(isNumberByte)
        guard isNumeric, let number = Double(digits), number.isFinite else { return nil }
        return number
    }

    /// Keeps Swift's own spellings ("inf", "nan") out.
    private static func isNumberByte(_ byte: UInt8) -> Bool {
        byte.isHexDigit || "xX+-.pP".utf8.contains(byte)
    }
}
