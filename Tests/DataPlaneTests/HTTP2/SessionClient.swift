// The other side of a session in the tests: it writes frames, feeds them, and reads what the session has to say.

import DataPlane
import NIOCore
import Wire

/// What a session sent, in a form that is easily compared.
struct SentFrame: Equatable, CustomStringConvertible {
    var kind: UInt8
    var flags: UInt8
    var stream: Int
    var payload: [UInt8]

    var description: String { "frame \(kind) of stream \(stream), flags \(flags), \(payload)" }

    /// The code of a RST_STREAM or GOAWAY.
    var code: UInt8? { kind == 3 || kind == 7 ? payload.last : nil }
}

struct SessionClient {
    var session: HTTP2Session
    private var encoder = HPACKEncoder()
    private var fields = FieldBlock(limit: 64 << 10)
    private var bytes: [UInt8] = []

    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    static let get = [
        (":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "a.test"),
    ]

    /// A session whose beginning is over, unless it is to be tested.
    init(_ limits: HTTP2Limits = HTTP2Limits(), settings: [UInt8] = [], begun: Bool = true) {
        session = HTTP2Session(limits: limits)
        session.start()
        guard begun else { return }
        feed(Self.preface + frame(4, 0, 0, settings))
        _ = sent()
    }

    func frame(_ kind: UInt8, _ flags: UInt8, _ stream: Int, _ payload: [UInt8] = []) -> [UInt8] {
        number(payload.count)[1...] + [kind, flags] + number(stream) + payload
    }

    /// A number of four bytes.
    func number(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    mutating func headers(_ stream: Int, flags: UInt8 = 5, _ fields: [(String, String)] = get)
        -> [UInt8]
    {
        frame(1, flags, stream, block(fields))
    }

    mutating func block(_ fields: [(String, String)]) -> [UInt8] {
        var block = ByteBuffer()
        encoder.begin(&block)
        for (name, value) in fields {
            let (name, value) = (Array(name.utf8), Array(value.utf8))
            encoder.encode(.lookup(name.span), name.span, value.span, to: &block)
        }
        return Array(block.readableBytesView)
    }

    /// What the session makes of bytes, together with what was left of those before.
    @discardableResult
    mutating func feed(_ more: [UInt8]) -> [HTTP2Session.Event] {
        let all = bytes + more
        var events: [HTTP2Session.Event] = []
        var offset = 0
        while true {
            let event = session.next(all.span, at: &offset, into: &fields)
            if event == .needMore { break }
            if event != .none { events.append(event) }
            if event == .failed { break }
        }
        bytes = Array(all[offset...])
        return events
    }

    /// Opens a stream; its slot.
    mutating func open(_ stream: Int, flags: UInt8 = 5) -> Int {
        for case .request(let slot, _) in feed(headers(stream, flags: flags)) { return slot }
        return -1
    }

    /// Has the session send so many bytes of a body; whether the stream has ended.
    mutating func write(_ count: Int, on slot: Int, _ end: HTTP2Session.BodyEnd) -> Bool {
        session.write(ByteBuffer(repeating: 7, count: count), on: slot, end)
    }

    mutating func write(trailers: [(String, String)], on slot: Int) -> Bool {
        session.write(trailers: trailers.map { (name: Array($0.0.utf8), value: Array($0.1.utf8)) }, on: slot)
    }

    /// Lets the streams that wait send.
    mutating func pump() -> [HTTP2Session.Progress] {
        var progress: [HTTP2Session.Progress] = []
        while true {
            let next = session.pump()
            if next == .idle { return progress }
            progress.append(next)
        }
    }

    /// The frames that the session has sent since the last call.
    mutating func sent() -> [SentFrame] {
        var rest = Array(session.out.readableBytesView)[...]
        session.out.clear()
        var frames: [SentFrame] = []
        while rest.count >= 9 {
            let head = Array(rest.prefix(9))
            let count = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
            let stream = head[5...].reduce(0) { $0 << 8 | Int($1) }
            frames.append(
                SentFrame(
                    kind: head[3], flags: head[4], stream: stream,
                    payload: Array(rest.dropFirst(9).prefix(count))))
            rest = rest.dropFirst(9 + count)
        }
        return frames
    }
}
