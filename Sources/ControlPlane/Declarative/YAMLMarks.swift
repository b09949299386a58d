// Texts that begin with a byte order mark: Yams makes texts of bytes in a way that loses a mark in front. While Yams
// reads a document, characters that it does not have stand for its marks.

/// Takes the byte order marks (U+FEFF) out of a document and puts them back into the texts in it.
struct YAMLMarks {
    /// One of the ways to write a mark.
    private struct Form {
        /// The mark itself, or an escape. In double quotes an escape is a mark, elsewhere the text that it is.
        let written: [UInt8]
        let standIn: [UInt8]
        /// What the stand-in becomes where it stands for a mark.
        let character: [UInt8]
    }

    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    private static let escapes = [#"\ufeff"#, #"\uFEFF"#, #"\U0000feff"#, #"\U0000FEFF"#].map { Array($0.utf8) }

    private let forms: [Form]
    /// The document without its marks.
    let document: String

    /// Nil for a document that has none.
    init?(_ text: String) {
        guard text.utf8.contains(where: { $0 == Self.mark[0] || $0 == UInt8(ascii: "\\") }) else { return nil }
        var bytes = Array(text.utf8)
        // At the very beginning it is no part of any text.
        if bytes.starts(with: Self.mark) { bytes.removeFirst(Self.mark.count) }
        let written = ([Self.mark] + Self.escapes).filter { bytes.contains($0) }
        let unused = Self.scalars(unusedIn: bytes, count: written.count)
        guard !written.isEmpty, unused.count == written.count else { return nil }
        forms = zip(written, unused).map { written, scalar in
            let character = Array(String(Character(scalar)).utf8)
            let escape = Array("\\u\(String(scalar.value, radix: 16))".utf8)
            return Form(written: written, standIn: written == Self.mark ? character : escape, character: character)
        }
        for form in forms { bytes = bytes.replacing(form.written, with: form.standIn) }
        document = String(decoding: bytes, as: UTF8.self)
    }

    /// Private characters that a document has neither as they are nor as escapes. Their numbers have no letter but the
    /// first, so that there are two ways to write them.
    private static func scalars(unusedIn bytes: [UInt8], count: Int) -> [Unicode.Scalar] {
        let candidates = (0xE000...0xE999).lazy.filter { number in
            String(number, radix: 16).dropFirst().utf8.allSatisfy { $0 <= UInt8(ascii: "9") }
        }
        let unused = candidates.compactMap(Unicode.Scalar.init).filter { scalar in
            let number = String(scalar.value, radix: 16)
            return ![number, number.uppercased(), String(Character(scalar))].contains { bytes.contains(Array($0.utf8)) }
        }
        return Array(unused.prefix(count))
    }

    /// A text of the document as it was meant.
    func restored(_ text: String) -> String {
        var bytes = Array(text.utf8)
        for form in forms {
            bytes = bytes.replacing(form.character, with: Self.mark).replacing(form.standIn, with: form.written)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
