// The syntax of kong.conf, oddities included.

import Gateway
import Testing

@Suite("The syntax of kong.conf")
struct ConfFileTests {
    private func texts(_ text: String) -> [String: String] { ConfFile(text).values.mapValues(\.text) }

    @Test func `blanks around keys and values do not count`() {
        #expect(texts("  a   =   two words  \n\tb\t=\tthree\t") == ["a": "two words", "b": "three"])
    }

    @Test func `lines that begin with a hash or a semicolon are comments`() {
        #expect(texts("# a = 1\n   ; b = 2\nc = 3") == ["c": "3"])
    }

    @Test func `a comment takes the character before it along`() {
        #expect(
            texts("a = x # y\nb = foo#bar\nc = #all\nd = x\\#y\ne = b   # two # marks\nf = a#")
                == ["a": "x", "b": "fo", "c": "#all", "d": "x#y", "e": "b", "f": ""])
    }

    @Test func `a backslash at its end continues a line`() {
        #expect(texts("a = 1, \\\n  2\nb = x") == ["a": "1, 2", "b": "x"])
    }

    @Test func `the last of two equal keys wins`() {
        #expect(texts("a = 1\na = 2") == ["a": "2"])
    }

    @Test func `keys below a section are lost`() {
        #expect(texts("a = 1\n[section]\nb = 2") == ["a": "1"])
    }

    @Test func `odd characters of keys become underscores`() {
        #expect(texts("log-level = x") == ["log_level": "x"])
    }

    @Test func `a byte order mark does not cost the first line`() {
        #expect(texts("\u{FEFF}a = 1") == ["a": "1"])
    }

    @Test func `only what looks like a number is one`() {
        let values = ConfFile("a = 0x10\nb = 1e3\nc = +3\nd = 12abc\ne = inf\nf = 5 # five\ng = -2.5").values
        #expect(values.compactMapValues(\.number) == ["a": 16, "b": 1000, "c": 3, "g": -2.5])
    }
}
