// One stream of an HTTP/2 connection, as its ClientConnection sees it: HTTP/1 bytes go in and out, and the session
// makes frames of them, so that there is one life of a request and not two. Streams and their connections are used
// again for later requests of the event loop.

import NIOCore
import NIOHPACK
import PluginKit
import Wire

final class HTTP2Stream: ClientTransport {
    /// How far the answer has come.
    private enum Answer {
        case head, body
        /// The session has all of it.
        case complete
        /// The stream ended without the rest of it.
        case broken
    }

    let connection: ClientConnection
    private var owner: HTTP2Connection?
    /// The session's number for the stream; nil when that has ended.
    private(set) var slot: Int?
    private var framing = StreamFraming.plain
    private var isRequestComplete = false
    private var answer = Answer.head
    private var head = ResponseHead()
    private var method = Method.get
    private var body = MessageBody(.none)
    /// The beginning of a head whose rest has still to be written.
    private var incomplete = ByteBuffer()
    private var trailers: [(name: [UInt8], value: [UInt8])] = []
    /// Whether the connection waits for the end of what it wrote.
    private var isEnding = false
    /// Whether too much of the answer waits in the session.
    private var isFull = false
    /// Bytes of the request's rest that were thrown away behind the answer.
    private var discarded = 0
    private var isLeaving = false

    /// As much of a request's rest as is read before the stream is ended.
    private static let lingeringBytes = 64 * 1024

    private static let headLimits: HeadLimits = {
        // The upstream's head was within its limits; what plugins add to it has none.
        var limits = HeadLimits.response
        limits.headBytes = 1 << 20
        limits.headerLineBytes = 1 << 20
        limits.headerCount = 10_000
        return limits
    }()

    init(loop: LoopContext, listener: ListenerFacts) {
        connection = ClientConnection(loop: loop, listener: listener)
    }

    // MARK: - The request

    /// Begins to serve a stream whose head is in the connection's buffer.
    func begin(_ owner: HTTP2Connection, _ slot: Int, _ message: StreamHead.Message, endsStream: Bool) {
        self.owner = owner
        self.slot = slot
        framing = message.framing
        isRequestComplete = endsStream
        answer = .head
        method = message.isHead ? .head : .get
        head.reset(for: method)
        isEnding = false
        isFull = false
        isLeaving = false
        discarded = 0
        connection.begin(on: owner, self)
        connection.advance()
    }

    /// Takes a part of the request's body.
    func take(_ data: ByteBuffer, endsStream: Bool) {
        guard !isRequestComplete else { return }
        if endsStream { isRequestComplete = true }
        if answer == .complete, isEnding { return discard(data.readableBytes) }
        if let made = framing.bytes(for: data, endsStream: endsStream) { connection.take(made) }
    }

    private func discard(_ count: Int) {
        discarded += count
        if discarded > Self.lingeringBytes { cut() }
    }

    func holdReads(_ hold: Bool) {
        guard let owner, let slot else { return }
        owner.session.hold(slot, hold)
        if !hold { owner.flushSoon() }
    }

    // MARK: - The answer

    var isWritable: Bool { !isFull }

    func send(_ given: ByteBuffer) {
        guard let owner, slot != nil else { return }
        var bytes = given
        if incomplete.readableBytes > 0 {
            incomplete.writeImmutableBuffer(given)
            bytes = incomplete
            incomplete = ByteBuffer()
        }
        var block: ByteBuffer?
        while answer == .head, bytes.readableBytes > 0, let made = readHead(&bytes) { block = made }
        if answer == .body { readBody(&bytes, behind: block) }
        if let slot { isFull = !owner.session.isWritable(slot) }
        owner.flushSoon()
    }

    /// Reads a head of an answer. An interim one is sent at once, the last one is returned: what follows it decides
    /// about its frame.
    private func readHead(_ bytes: inout ByteBuffer) -> ByteBuffer? {
        let all = bytes
        switch head.parse(all.readableBytesUInt8Span, limits: Self.headLimits) {
        case .needMore: incomplete = bytes
        case .invalid: breakOff(.internalError)
        case .complete:
            let made = bytes.readSlice(length: head.byteCount)
            guard head.isInterim else {
                answer = .body
                body = MessageBody(head.framing)
                return made
            }
            if let made { write(head: made, endsStream: false) }
            head.reset(for: method)
            return made
        }
        return nil
    }

    private func readBody(_ bytes: inout ByteBuffer, behind block: ByteBuffer?) {
        var block = block
        var piece: ByteBuffer?
        while true {
            switch body.next(&bytes) {
            case .data(let next):
                if let head = block { write(head: head, endsStream: false) }
                block = nil
                if let last = piece { write(last, .more) }
                piece = next
            case .needMore:
                if let head = block { write(head: head, endsStream: false) }
                if let last = piece { write(last, .more) }
                return
            case .end: return finish(block, piece ?? ByteBuffer())
            case .invalid: return breakOff(.internalError)
            }
        }
    }

    /// Writes the last frames: the trailers, the last bytes, or the head where there are neither.
    private func finish(_ block: ByteBuffer?, _ piece: ByteBuffer) {
        answer = .complete
        if let fields = connection.takeTrailers() {
            trailers = fields.map { (Array($0.name.utf8), Array($0.value.utf8)) }
        }
        if let block {
            let isAll = trailers.isEmpty && piece.readableBytes == 0
            write(head: block, endsStream: isAll)
            if isAll { return }
        }
        write(piece, trailers.isEmpty ? .end : .trailers)
    }

    private func write(head bytes: ByteBuffer, endsStream: Bool) {
        guard let owner, let slot else { return }
        let span = bytes.readableBytesUInt8Span
        if owner.session.write(head, of: span, on: slot, endsStream: endsStream) { owner.ended(slot) }
    }

    private func write(_ piece: ByteBuffer, _ end: HTTP2Session.BodyEnd) {
        guard let owner, let slot else { return }
        if owner.session.write(piece, on: slot, end) { owner.ended(slot) }
    }

    /// Everything before them is written.
    func writeTrailers() {
        guard let owner, let slot else { return }
        if owner.session.write(trailers: trailers, on: slot) { owner.ended(slot) } else { progressed() }
    }

    /// A part of what waited has been written.
    func progressed() {
        guard let owner, let slot else { return }
        if isEnding, answer == .complete, owner.session.isAnswered(slot) { connection.everythingIsSent() }
        guard isFull, owner.session.hasRoom(slot) else { return }
        isFull = false
        connection.writabilityChanged()
    }

    // MARK: - The end

    func endAfterWrites(of connection: ClientConnection, lingers: Bool) {
        isEnding = true
        guard let owner, let slot else { return leave() }
        switch answer {
        case .complete: break
        case .body where body.endsWithConnection: finish(nil, ByteBuffer())
        case .head, .body, .broken: breakOff(.internalError)
        }
        // The answer is whole and the rest of the request not needed (RFC 9113, section 8.1). It is read on for a
        // moment all the same: a client that reads the end of the stream together with the answer may lose that.
        if self.slot == slot, owner.session.isAnswered(slot) { connection.everythingIsSent() }
        owner.flushSoon()
    }

    func cut() {
        guard let owner, let slot else { return leave() }
        let isAnswered = answer == .complete && owner.session.isAnswered(slot)
        end(isAnswered ? .noError : answer == .complete ? .cancel : .internalError)
        leave()
        owner.flushSoon()
    }

    private func breakOff(_ error: FrameError) {
        answer = .broken
        end(error)
        leave()
    }

    private func end(_ error: FrameError) {
        guard let owner, let slot else { return }
        owner.session.end(slot, error)
        owner.ended(slot)
    }

    /// The stream has ended, one way or the other. `isOver` says that the connection needs not be waited for.
    func streamEnded(isOver: Bool) {
        slot = nil
        isRequestComplete = true
        if isOver || isEnding { leave() }
    }

    private func leave() {
        guard !isLeaving else { return }
        isLeaving = true
        owner?.leaving(self)
    }

    /// Lets the connection go, from nobody else's call. Whether both may serve another stream: nobody may be left who
    /// still wants to tell the connection about this one.
    func left() -> Bool {
        let isClean = connection.isAnswered
        connection.ended()
        connection.leaveStream()
        owner = nil
        incomplete = ByteBuffer()
        trailers = []
        body = MessageBody(.none)
        return isClean
    }
}
