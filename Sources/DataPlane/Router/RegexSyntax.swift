// What a route's path may be: a plain prefix or a regex, and what Kong says about a regex that is none.

/// The syntax of the paths of routes.
package enum RegexSyntax {
    /// Kong 1.1: a path of these characters only is a prefix, any other is a regex.
    package static func isPlainPath(_ path: some Sequence<UInt8>) -> Bool {
        path.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "/"), UInt8(ascii: "%"):
                true
            default: false
            }
        }
    }

    /// The violation that Kong reports for a path whose regex does not compile, or nil if it does.
    package static func check(_ path: String) -> String? {
        fault(in: path).map { "invalid regex: '\(path)' (PCRE returned: \($0))" }
    }

    /// The error of PCRE as OpenResty words it, or nil if the pattern compiles: the reason, the pattern and, unless
    /// the fault lies at its end, the rest of it from the fault on.
    package static func fault(in pattern: String) -> String? {
        let bytes = [UInt8](pattern.utf8)
        do {
            _ = try Pattern.compile(bytes.span, forMatching: false)
            return nil
        } catch {
            return describe(error, pattern: bytes)
        }
    }

    static func describe(_ fault: Pattern.Fault, pattern: [UInt8]) -> String {
        let whole = String(decoding: pattern, as: UTF8.self)
        let text = "pcre_compile() failed: \(PcreMessages.text(fault.code)) in \"\(whole)\""
        guard fault.offset < pattern.count else { return text }
        return text + " at \"\(String(decoding: pattern[max(0, fault.offset)...], as: UTF8.self))\""
    }
}
