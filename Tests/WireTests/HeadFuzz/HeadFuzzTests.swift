// Differential fuzzing: whatever the parser accepts, llhttp must read as the same message. The other way round
// need not hold; the parser is meant to be the stricter one.

import NIOHTTP1
import Testing
import Wire

@Suite struct HeadFuzzTests {
    static let seeds = FuzzPlan.seeds
    static let rounds = FuzzPlan.rounds

    @Test(arguments: seeds)
    func `an accepted request is the same request for llhttp`(_ seed: UInt64) {
        var mutator = Mutator(seed: seed, corpus: Corpus.requests)
        for _ in 0..<Self.rounds {
            let bytes = mutator.next()
            let ours = ParsedRequest(bytes)
            #expect(ParsedRequest(bytes, splits: mutator.splits(bytes.count)) == ours, "in pieces: \(text(bytes))")
            guard ours.result == .complete, !isOnlyOurs(ours) else { continue }
            if hasDisputedFraming(bytes, headBytes: ours.byteCount) { continue }
            let theirs = Llhttp.request(bytes)
            let body = Body(bytes[ours.byteCount...], ours.framing)
            #expect(theirs.startLine == [ours.method, ours.target, "1.\(ours.minorVersion)"], "\(text(bytes))")
            #expect(theirs.fields == repaired(ours.fields), "\(text(bytes))")
            compare(body, theirs, bytes)
        }
    }

    @Test(arguments: seeds)
    func `an accepted answer is the same answer for llhttp`(_ seed: UInt64) {
        var mutator = Mutator(seed: seed, corpus: Corpus.responses)
        for round in 0..<Self.rounds {
            let bytes = mutator.next()
            let isHead = round % 8 == 0
            let ours = ParsedResponse(bytes, to: isHead ? .head : .get)
            let pieces = ParsedResponse(bytes, to: isHead ? .head : .get, splits: mutator.splits(bytes.count))
            #expect(pieces == ours, "in pieces: \(text(bytes))")
            guard ours.result == .complete, ours.minorVersion <= 1, ours.status >= 200 else { continue }
            if hasDisputedFraming(bytes, headBytes: ours.byteCount) { continue }
            let theirs = Llhttp.response(bytes, to: isHead ? .HEAD : .GET)
            let body = Body(bytes[ours.byteCount...], ours.framing)
            #expect(theirs.startLine == ["\(ours.status)", "1.\(ours.minorVersion)"], "\(text(bytes))")
            #expect(theirs.fields == repaired(ours.fields), "\(text(bytes))")
            compare(body, theirs, bytes)
        }
    }

    @Test(arguments: seeds)
    func `a chunked body is the same in pieces`(_ seed: UInt64) {
        var mutator = Mutator(seed: seed, corpus: Corpus.chunkedBodies)
        for _ in 0..<Self.rounds {
            let bytes = mutator.next()
            guard !bytes.isEmpty else { continue }
            let whole = ParsedChunks(bytes)
            #expect(ParsedChunks(bytes, splits: mutator.splits(bytes.count)) == whole, "\(text(bytes))")
        }
    }

    @Test(arguments: seeds)
    func `a chunked body that decodes is the same body for llhttp`(_ seed: UInt64) {
        let head = latin1("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        var mutator = Mutator(seed: seed, corpus: Corpus.chunkedBodies, snippets: Corpus.chunkSnippets)
        for _ in 0..<Self.rounds {
            let bytes = mutator.next()
            let ours = ParsedChunks(bytes)
            guard ours.event == .end, !hasDisputedFraming(head + bytes, headBytes: head.count) else { continue }
            let theirs = Llhttp.request(head + bytes)
            #expect(theirs.isWhole, "\(text(bytes))")
            #expect(theirs.body == ours.body, "\(text(bytes))")
        }
    }

    /// What we accept and llhttp does not, on purpose: methods it has no number for (Kong passes any on),
    /// HTTP/1.2 to 1.9 (served as 1.1), and bytes above ASCII in the target (nginx passes them on).
    private func isOnlyOurs(_ request: ParsedRequest) -> Bool {
        if case .RAW = HTTPMethod(rawValue: request.method) { return true }
        return request.minorVersion > 1 || request.target.unicodeScalars.contains { $0.value >= 0x80 }
    }

    /// Framing fields on which llhttp is at odds with RFC 9110: it knows no tab after their values (section 5.6.3),
    /// and refuses them in trailers, where they are to be ignored (section 6.5.1), as we ignore every trailer.
    private func hasDisputedFraming(_ bytes: [UInt8], headBytes: Int) -> Bool {
        var start = 0
        return bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).contains { line in
            defer { start += line.count + 1 }
            let name = text(line.prefix { $0 != UInt8(ascii: ":") }).lowercased()
            guard name == "content-length" || name == "transfer-encoding" else { return false }
            return start >= headBytes || line.last { $0 != 0x0D && $0 != 0x20 } == Ascii.tab
        }
    }

    /// NIO makes Strings of UTF-8; what is none becomes the replacement character.
    private func repaired(_ fields: [[String]]) -> [[String]] {
        fields.map { $0.map { String(decoding: latin1($0), as: UTF8.self) } }
    }

    private func compare(_ body: Body, _ theirs: Llhttp, _ bytes: [UInt8]) {
        // A body that we refuse never gets any further, whatever llhttp would make of it.
        guard body.isValid else { return }
        #expect(theirs.isWhole == body.isWhole, "\(text(bytes))")
        #expect(theirs.body == body.bytes, "\(text(bytes))")
    }
}

/// A message's body by our own framing.
private struct Body {
    var bytes: [UInt8] = []
    var isWhole = true
    var isValid = true

    init(_ rest: ArraySlice<UInt8>, _ framing: BodyFraming) {
        switch framing {
        case .none: break
        case .length(let count):
            bytes = Array(rest.prefix(Int(clamping: count)))
            isWhole = UInt64(bytes.count) == count
        case .chunked:
            let chunks = ParsedChunks(rest)
            (bytes, isWhole, isValid) = (chunks.body, chunks.event == .end, chunks.event != .invalid)
        case .untilClose:
            (bytes, isWhole) = (Array(rest), false)
        }
    }
}
