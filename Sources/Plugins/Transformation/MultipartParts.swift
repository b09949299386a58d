// A multipart form as something that rules change: parts are cut out, and new ones are put before the end. Parts that
// no rule names stay byte for byte as they were sent.

import PluginKit
import Wire

struct MultipartParts: Transformable {
    private let contentType: [UInt8]
    private let delimiter: [UInt8]
    private(set) var bytes: [UInt8]
    private(set) var isChanged = false

    /// nil for a body without the line that ends it: where it ends can't be said then.
    init?(_ bytes: [UInt8], contentType: [UInt8]) {
        guard let delimiter = Self.delimiter(contentType) else { return nil }
        self.bytes = bytes
        self.contentType = contentType
        self.delimiter = delimiter
        guard end != nil else { return nil }
    }

    mutating func remove(_ name: RuleText) {
        guard let rest = form?.removing(name.bytes) else { return }
        bytes = rest
        isChanged = true
    }

    /// As in Kong, the new part has only a name and the value: a file's name and type are not kept.
    mutating func rename(_ old: RuleText, to new: RuleText) {
        guard old.bytes != new.bytes, let value = form?.value(of: old.bytes) else { return }
        remove(old)
        remove(new)
        insert(new, value)
    }

    /// The new value goes to the end, as in Kong.
    mutating func replace(_ name: RuleText, with value: RuleText?) {
        guard form?.value(of: name.bytes) != nil else { return }
        remove(name)
        if let value { insert(name, value.bytes) }
    }

    mutating func add(_ name: RuleText, _ value: RuleText) {
        if form?.value(of: name.bytes) == nil { insert(name, value.bytes) }
    }

    /// Kong has no append for multipart bodies.
    func append(_ name: RuleText, _ value: RuleText) {}

    private var form: MultipartForm? { MultipartForm(bytes, contentType: contentType) }

    private mutating func insert(_ name: RuleText, _ value: [UInt8]) {
        guard let end else { return }
        let head = delimiter + Array("\r\nContent-Disposition: form-data; name=\"".utf8)
        let part = head + Self.quoted(name.bytes) + Array("\"\r\n\r\n".utf8) + value + Array("\r\n".utf8)
        bytes.insert(contentsOf: part, at: end)
        isChanged = true
    }

    /// Where the last line that starts with the closing delimiter begins.
    private var end: Int? {
        let closing = delimiter + Array("--".utf8)
        guard bytes.count >= closing.count else { return nil }
        for start in stride(from: bytes.count - closing.count, through: 0, by: -1) {
            let isLineStart = start == 0 || bytes[start - 1] == Ascii.lineFeed
            if isLineStart, bytes[start...].starts(with: closing) { return start }
        }
        return nil
    }

    /// What browsers do with characters that would end the name (HTML, "multipart form data").
    private static func quoted(_ name: [UInt8]) -> [UInt8] {
        name.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "\""): Array("%22".utf8)
            case Ascii.carriageReturn: Array("%0D".utf8)
            case Ascii.lineFeed: Array("%0A".utf8)
            default: [byte]
            }
        }
    }

    /// `--` and the boundary, quoted or not.
    private static func delimiter(_ contentType: [UInt8]) -> [UInt8]? {
        let wanted = Array("boundary=".utf8)
        let lowered = contentType.map(Ascii.lowercased)
        guard let start = lowered.indices.first(where: { lowered[$0...].starts(with: wanted) }) else { return nil }
        let rest = contentType[(start + wanted.count)...]
        let quote = UInt8(ascii: "\"")
        let boundary =
            rest.first == quote
            ? rest.dropFirst().prefix { $0 != quote }
            : rest.prefix { $0 != Ascii.semicolon && $0 > Ascii.space }
        return boundary.isEmpty ? nil : Array("--".utf8) + boundary
    }
}
