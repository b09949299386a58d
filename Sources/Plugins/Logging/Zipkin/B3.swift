// The headers that carry a trace from one service to the next (B3 propagation), read and written as Kong's plugin does.

import PluginKit
import Wire

enum B3 {
    /// What a client tells of the trace that its request is part of.
    struct Context: Equatable {
        var high: UInt64?
        var low: UInt64
        var span: UInt64?
        /// Nil where the client leaves it open, which Kong takes for a no.
        var isSampled: Bool?
    }

    private static let traceID: HeaderName = "x-b3-traceid"
    private static let spanID: HeaderName = "x-b3-spanid"
    private static let parentID: HeaderName = "x-b3-parentspanid"
    private static let sampled: HeaderName = "x-b3-sampled"
    private static let flags: HeaderName = "x-b3-flags"
    private static let one = [UInt8(ascii: "1")]
    private static let zero = [UInt8(ascii: "0")]

    /// Nil where there is no trace's id, or one of the ids is malformed: then a trace begins here.
    ///
    /// - Parameter warn: is given the name of every header that is malformed.
    static func read(_ request: ExchangeRequest, warn: (String) -> Void) -> Context? {
        let isSampled = isSampled(request, warn)
        let trace = request.headerValues(traceID)
        let isValid = check(trace, [16, 32], traceID, warn)
        let parentIsValid = check(request.headerValues(parentID), [16], parentID, warn)
        let span = request.headerValues(spanID)
        let spanIsValid = check(span, [16], spanID, warn)
        guard isValid, parentIsValid, spanIsValid, let digits = trace.first,
            let low = word(digits.suffix(16))
        else {
            return nil
        }
        let high = digits.count == 32 ? word(digits.prefix(16)) : nil
        return Context(
            high: high, low: low, span: span.first.flatMap { word($0[...]) }, isSampled: isSampled)
    }

    private static func isSampled(_ request: ExchangeRequest, _ warn: (String) -> Void) -> Bool? {
        var decision: Bool?
        let values = request.headerValues(sampled)
        switch values.count == 1 ? String(decoding: values[0], as: UTF8.self) : nil {
        case "1", "true": decision = true
        case "0", "false": decision = false
        default: if !values.isEmpty { warn("x-b3-sampled") }
        }
        let flags = request.headerValues(flags)
        if flags == [one] { decision = true } else if !flags.isEmpty { warn("x-b3-flags") }
        return decision
    }

    /// Whether a header is an id of one of these lengths, or absent.
    private static func check(
        _ values: [[UInt8]], _ counts: [Int], _ name: HeaderName, _ warn: (String) -> Void
    ) -> Bool {
        guard let digits = values.first else { return true }
        if values.count == 1, counts.contains(digits.count),
            digits.allSatisfy({ Ascii.hexValue($0) != nil })
        {
            return true
        }
        warn(String(decoding: name.bytes, as: UTF8.self))
        return false
    }

    private static func word(_ digits: ArraySlice<UInt8>) -> UInt64? {
        var word: UInt64 = 0
        for digit in digits {
            guard let value = Ascii.hexValue(digit) else { return nil }
            word = word << 4 | UInt64(value)
        }
        return word
    }

    /// Tells the upstream that it is called by the proxy's span. Flags go on as they came; who sends them has its own
    /// `X-B3-Sampled`, if any, passed on too.
    static func write(_ trace: Trace, to request: ExchangeRequest) {
        request.edits.set(traceID, hexadecimal: trace.high, trace.low)
        request.edits.set(parentID, hexadecimal: nil, trace.requestSpan)
        request.edits.set(spanID, hexadecimal: nil, trace.proxySpan)
        let given = request.headerValues(flags)
        if let first = given.first {
            if given.count > 1 { request.edits.set(flags, first) }
        } else {
            request.edits.set(sampled, trace.isSampled ? one : zero)
        }
    }
}
