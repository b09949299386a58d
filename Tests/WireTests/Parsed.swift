// What the parsers made of a text, as Strings: the tests compare these, the gateway never makes them.

import Wire

/// Latin-1: one scalar a byte, so that a test can write any byte.
func latin1(_ text: String) -> [UInt8] {
    text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
}

func text(_ bytes: some Sequence<UInt8>) -> String {
    var text = ""
    for byte in bytes { text.unicodeScalars.append(Unicode.Scalar(byte)) }
    return text
}

func slice(_ slice: Slice, _ bytes: [UInt8]) -> String { text(bytes[slice.range]) }

struct ParsedRequest: Equatable {
    var result: ParseResult
    var method = ""
    var target = ""
    var uri = ""
    var path = ""
    var query: String?
    var authority: String?
    var host: String?
    var minorVersion: UInt8 = 1
    var fields: [[String]] = []
    var framing = BodyFraming.none
    var keepAlive = true
    var expectsContinue = false
    var upgradesToWebSocket = false
    var byteCount = 0

    /// Parses `bytes`, given in pieces that end at the offsets in `splits`, and at last whole.
    init(_ bytes: [UInt8], splits: [Int] = [], limits: HeadLimits = HeadLimits()) {
        var head = RequestHead()
        result = .needMore
        for end in splits + [bytes.count] where result == .needMore {
            result = head.parse(bytes.span.extracting(0..<end), limits: limits)
        }
        fields = head.fields.map { [slice($0.name, bytes), slice($0.value, bytes)] }
        guard result == .complete else { return }
        method = slice(head.methodSlice, bytes)
        target = slice(head.target, bytes)
        uri = slice(head.uri, bytes)
        path = slice(head.path, bytes)
        query = head.query.map { slice($0, bytes) }
        authority = head.authority.map { slice($0, bytes) }
        host = head.host.map { slice($0, bytes) }
        (minorVersion, framing, keepAlive) = (head.minorVersion, head.framing, head.keepAlive)
        (expectsContinue, upgradesToWebSocket) = (head.expectsContinue, head.upgradesToWebSocket)
        byteCount = head.byteCount
    }

    init(_ text: String) { self.init(latin1(text)) }
}

struct ParsedResponse: Equatable {
    var result: ParseResult
    var status: UInt16 = 0
    var reason = ""
    var statusText = ""
    var minorVersion: UInt8 = 1
    var fields: [[String]] = []
    var framing = BodyFraming.none
    var keepAlive = true
    var byteCount = 0

    init(_ bytes: [UInt8], to method: Wire.Method = .get, splits: [Int] = []) {
        var head = ResponseHead()
        head.reset(for: method)
        result = .needMore
        for end in splits + [bytes.count] where result == .needMore {
            result = head.parse(bytes.span.extracting(0..<end), limits: .response)
        }
        fields = head.fields.map { [slice($0.name, bytes), slice($0.value, bytes)] }
        guard result == .complete else { return }
        (status, minorVersion, framing) = (head.status, head.minorVersion, head.framing)
        (keepAlive, byteCount) = (head.keepAlive, head.byteCount)
        reason = slice(head.reason, bytes)
        statusText = slice(head.statusText, bytes)
    }

    init(_ text: String, to method: Wire.Method = .get) { self.init(latin1(text), to: method) }
}

/// A body after chunked decoding.
struct ParsedChunks: Equatable {
    var event = ChunkDecoder.Event.needMore
    var body: [UInt8] = []
    var used = 0

    /// Decodes `bytes` in pieces that end at the offsets in `splits`, and at last to the end.
    init(_ bytes: some Collection<UInt8>, splits: [Int] = []) {
        let all = Array(bytes)
        var decoder = ChunkDecoder()
        for end in splits + [all.count] {
            let piece = Array(all[used..<end])
            var position = 0
            repeat {
                event = decoder.next(piece.span, at: &position)
                if case .data(let slice) = event { body += piece[slice.range] }
            } while event != .needMore && event != .end && event != .invalid
            used += position
            if event != .needMore { return }
        }
    }

    init(_ text: String) { self.init(latin1(text)) }
}
