// One compiled regex. PCRE2 stands in for the PCRE that Kong uses; the options make it read patterns the same way.
//
// The compiled code is a C pointer: it is written once here, only read by matching, and freed with this object, which
// is what `nonisolated(unsafe)` states.

import CPcre2

final class Pattern: Sendable {
    /// How far backtracking may go before a path counts as not matching: a pattern must not stall an event loop.
    private static let stepLimit: UInt32 = 1_000_000

    nonisolated(unsafe) private let code: OpaquePointer
    /// Numbered groups; 0 when the pattern has none.
    let groupCount: Int

    private init(code: OpaquePointer) {
        self.code = code
        var groups: UInt32 = 0
        pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_CAPTURECOUNT), &groups)
        groupCount = Int(groups)
    }

    deinit {
        pcre2_code_free_8(code)
    }

    /// Why and at which byte a pattern does not compile.
    struct Fault: Error {
        var code: Int32
        var offset: Int
    }

    /// Compiles a pattern that matches at the start of the text only, as Kong's do.
    static func compile(_ pattern: Span<UInt8>, forMatching: Bool = true) throws(Fault) -> Pattern {
        let code: OpaquePointer
        do {
            code = try parse(pattern, extraOptions: 0)
        } catch  where error.code == unknownEscape {
            // PCRE took an escaped letter without a meaning for the letter itself; PCRE2 has to be told to.
            code = try parse(pattern, extraOptions: PCRE2_EXTRA_BAD_ESCAPE_IS_LITERAL)
        }
        // Where the JIT is not to be had, matching falls back to the interpreter by itself.
        if forMatching { pcre2_jit_compile_8(code, UInt32(PCRE2_JIT_COMPLETE)) }
        return Pattern(code: code)
    }

    /// PCRE2_ERROR_UNRECOGNIZED_CHARACTER_FOLLOWS_BACKSLASH is not the name of a constant; the number is documented.
    private static let unknownEscape: Int32 = 103

    private static func parse(_ pattern: Span<UInt8>, extraOptions: UInt32) throws(Fault) -> OpaquePointer {
        var fault: Int32 = 0
        var offset = 0
        let context = pcre2_compile_context_create_8(nil)
        defer { pcre2_compile_context_free_8(context) }
        pcre2_set_compile_extra_options_8(context, extraOptions)
        let code = pattern.withUnsafeBufferPointer { bytes in
            pcre2_compile_8(bytes.baseAddress, bytes.count, PCRE2_ANCHORED, &fault, &offset, context)
        }
        guard let code else { throw Fault(code: fault, offset: offset) }
        return code
    }

    /// Room for the result of a match, and the limits it runs under. One for each event loop.
    final class Room {
        fileprivate let data: OpaquePointer?
        fileprivate let context: OpaquePointer?

        /// `groups` is how many groups beside the whole match are of interest.
        init(groups: Int = 0) {
            data = pcre2_match_data_create_8(UInt32(groups + 1), nil)
            context = pcre2_match_context_create_8(nil)
            pcre2_set_match_limit_8(context, Pattern.stepLimit)
        }

        deinit {
            pcre2_match_data_free_8(data)
            pcre2_match_context_free_8(context)
        }

        /// Where group `number` lies after a match, or nil if it took no part.
        func range(_ number: Int) -> Range<Int>? {
            guard let vector = pcre2_get_ovector_pointer_8(data) else { return nil }
            let (start, end) = (vector[number * 2], vector[number * 2 + 1])
            return start == ~0 || end < start ? nil : Int(start)..<Int(end)
        }
    }

    /// How many bytes of the text match, or -1.
    func match(_ text: Span<UInt8>, _ room: Room) -> Int {
        let result = text.withUnsafeBufferPointer { bytes in
            pcre2_match_8(code, bytes.baseAddress, bytes.count, 0, 0, room.data, room.context)
        }
        guard result >= 0, let vector = pcre2_get_ovector_pointer_8(room.data) else { return -1 }
        return Int(vector[1])
    }

    /// The named groups: number and name.
    var names: [(number: Int, name: String)] {
        var (count, size): (UInt32, UInt32) = (0, 0)
        var table: UnsafePointer<UInt8>?
        pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMECOUNT), &count)
        pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMEENTRYSIZE), &size)
        pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMETABLE), &table)
        guard let table else { return [] }
        // An entry is the number in two bytes, the high one first, and the name with a zero byte after it.
        return (0..<Int(count)).map { index in
            let entry = table + index * Int(size)
            return (Int(entry[0]) << 8 | Int(entry[1]), String(cString: entry + 2))
        }
    }
}
