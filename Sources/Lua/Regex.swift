// Regular expressions for ngx.re, by PCRE2 in place of OpenResty's PCRE. Unsafe, since that is C: a compiled pattern is
// freed with its object, and the bytes of a subject are only lent.

import CPcre2

/// Compiled patterns of one event loop, by text and options.
final class RegexCache {
    private static let limit = 1024
    private var known: [Key: CompiledRegex] = [:]

    private struct Key: Hashable {
        let pattern: [UInt8]
        let options: String
    }

    func find(_ pattern: [UInt8], options: String) -> Result<CompiledRegex, CompiledRegex.Fault> {
        let key = Key(pattern: pattern, options: options)
        if let regex = known[key] { return .success(regex) }
        return CompiledRegex.compile(pattern, options).map { regex in
            if known.count >= Self.limit { known.removeAll() }
            known[key] = regex
            return regex
        }
    }
}

final class CompiledRegex {
    struct Fault: Error {
        let text: String
    }

    enum Match {
        case none
        /// From and to of each group, counted from 1 as in Lua; 0 for one that took no part.
        case found([Int])
        case fault(String)
    }

    /// How far backtracking may go: a pattern must not stall an event loop.
    private static let stepLimit: UInt32 = 1_000_000

    private let code: OpaquePointer
    private let data: OpaquePointer?
    private let context: OpaquePointer?
    private let groups: Int
    let names: [([UInt8], Int)]

    private init(_ code: OpaquePointer) {
        self.code = code
        data = pcre2_match_data_create_from_pattern_8(code, nil)
        context = pcre2_match_context_create_8(nil)
        pcre2_set_match_limit_8(context, Self.stepLimit)
        var count: UInt32 = 0
        pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_CAPTURECOUNT), &count)
        groups = Int(count)
        names = Self.names(code)
    }

    deinit {
        pcre2_match_data_free_8(data)
        pcre2_match_context_free_8(context)
        pcre2_code_free_8(code)
    }

    static func compile(_ pattern: [UInt8], _ options: String) -> Result<CompiledRegex, Fault> {
        var flags: UInt32 = 0
        for option in options {
            switch option {
            case "i": flags |= PCRE2_CASELESS
            case "m": flags |= PCRE2_MULTILINE
            case "s": flags |= PCRE2_DOTALL
            case "x": flags |= PCRE2_EXTENDED
            case "a": flags |= PCRE2_ANCHORED
            case "u": flags |= PCRE2_UTF
            case "U": flags |= PCRE2_UTF | PCRE2_NO_UTF_CHECK
            case "J": flags |= PCRE2_DUPNAMES
            case "D": flags |= PCRE2_DUPNAMES
            case "j", "o", "d": break
            default: return .failure(Fault(text: "unknown flag \"\(option)\" (flags \"\(options)\")"))
            }
        }
        // What was not checked must not be trusted: a subject that is no UTF-8 is an error and not a crash.
        flags &= ~UInt32(PCRE2_NO_UTF_CHECK)
        var number: Int32 = 0
        var offset = 0
        let made = pattern.withUnsafeBufferPointer {
            pcre2_compile_8($0.baseAddress, $0.count, flags, &number, &offset, nil)
        }
        guard let made else { return .failure(Fault(text: text(of: number, offset, pattern))) }
        pcre2_jit_compile_8(made, UInt32(PCRE2_JIT_COMPLETE))
        return .success(CompiledRegex(made))
    }

    private static func text(of number: Int32, _ offset: Int, _ pattern: [UInt8]) -> String {
        let reason = message(number)
        let whole = String(decoding: pattern, as: UTF8.self)
        guard offset < pattern.count else { return "pcre_compile() failed: \(reason) in \"\(whole)\"" }
        let rest = String(decoding: pattern[offset...], as: UTF8.self)
        return "pcre_compile() failed: \(reason) in \"\(whole)\" at \"\(rest)\""
    }

    /// PCRE's words, where PCRE2 has others.
    private static let olderMessages: [Int32: String] = [
        101: "\\ at end of pattern", 106: "missing terminating ] for character class", 109: "nothing to repeat",
        114: "missing )",
    ]

    private static func message(_ number: Int32) -> String {
        if let known = olderMessages[number] { return known }
        var room = [UInt8](repeating: 0, count: 256)
        let count = pcre2_get_error_message_8(number, &room, room.count)
        return String(decoding: room.prefix(max(0, Int(count))), as: UTF8.self)
    }

    func search(_ subject: [UInt8], from start: Int) -> Match {
        let result = subject.withUnsafeBufferPointer {
            pcre2_match_8(code, $0.baseAddress, $0.count, start, 0, data, context)
        }
        if result == PCRE2_ERROR_NOMATCH { return .none }
        guard result >= 0, let vector = pcre2_get_ovector_pointer_8(data) else {
            return .fault("pcre_exec() failed: \(result)")
        }
        var places: [Int] = []
        for group in 0...groups {
            let (from, to) = (vector[2 * group], vector[2 * group + 1])
            let isUnset = group >= Int(result) || from == Int(bitPattern: UInt.max)
            places += isUnset ? [0, 0] : [from + 1, to]
        }
        return .found(places)
    }

    private static func names(_ code: OpaquePointer) -> [([UInt8], Int)] {
        var count: UInt32 = 0
        var size: UInt32 = 0
        pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMECOUNT), &count)
        pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMEENTRYSIZE), &size)
        var table: UnsafePointer<UInt8>?
        pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMETABLE), &table)
        guard let table else { return [] }
        return (0..<Int(count)).map { place in
            let entry = UnsafeBufferPointer(start: table + place * Int(size), count: Int(size))
            return (Array(entry.dropFirst(2).prefix { $0 != 0 }), Int(entry[0]) << 8 | Int(entry[1]))
        }
    }
}
