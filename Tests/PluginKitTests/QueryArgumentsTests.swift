// Arguments in the query: decoding, repeats, removal.

import PluginKit
import Testing

@Suite struct QueryArgumentsTests {
    private func value(_ name: String, _ query: String) -> NamedValue {
        QueryArguments.value(of: Array(name.utf8), in: Array(query.utf8).span)
    }

    private func removing(_ name: String, _ query: String) -> String? {
        QueryArguments.removing(Array(name.utf8), from: Array(query.utf8).span).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    private func text(_ value: String) -> NamedValue { .text(Array(value.utf8)) }

    @Test func `an argument is found wherever it stands`() {
        #expect(value("k", "k=1") == text("1"))
        #expect(value("k", "a=2&k=1&b=3") == text("1"))
        #expect(value("k", "kk=2&ak=1") == .missing)
        #expect(value("k", "") == .missing)
    }

    @Test func `names and values are decoded`() {
        #expect(value("a b", "a%20b=c+d%2B") == text("c d+"))
        #expect(value("a b", "a+b=%c3%bc") == text("ü"))
    }

    @Test func `wrong escapes lose their percent sign as in OpenResty`() {
        #expect(value("k", "k=%zz") == text("zz"))
        #expect(value("k", "k=a%4z") == text("a"))
        #expect(value("k", "k=a%") == text("a"))
    }

    @Test func `an argument without an equals sign is a flag and an empty one is an empty text`() {
        #expect(value("k", "k") == .other)
        #expect(value("k", "k=") == text(""))
        #expect(value("k", "k==") == text("="))
    }

    @Test func `an argument given twice has several values`() {
        #expect(value("k", "k=1&k=1") == .several)
        #expect(value("k", "k&k") == .several)
    }

    @Test func `only the first 100 arguments are seen, nameless ones included`() {
        #expect(value("k", String(repeating: "a=1&", count: 99) + "k=1") == text("1"))
        #expect(value("k", String(repeating: "a=1&", count: 100) + "k=1") == .missing)
        #expect(value("k", String(repeating: "&", count: 100) + "k=1") == .missing)
    }

    @Test func `removing leaves the others as they were`() {
        #expect(removing("k", "k=1&z=%7e&flag&a=+") == "z=%7e&flag&a=+")
        #expect(removing("k", "z=2&k=1&k=3") == "z=2")
        #expect(removing("k", "k=1") == "")
        #expect(removing("k", "z=1") == nil)
    }

    @Test func `what stands behind 100 arguments is removed as well`() {
        #expect(removing("k", String(repeating: "a&", count: 120) + "k=1")?.hasSuffix("&a") == true)
    }
}
