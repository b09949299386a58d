// Answers on their way out: header blocks at once, bodies as the windows and the network allow, in turns.

import NIOCore
import Wire

extension HTTP2Session {
    package enum Progress: Equatable, Sendable {
        /// Nothing can be sent for now.
        case idle
        /// A piece of that stream was written; the stream may have ended with it.
        case wrote(Int, hasEnded: Bool)
        /// It is the turn of that stream's trailers.
        case trailersDue(Int)
    }

    /// The fields that concern one HTTP/1 connection (RFC 9113, section 8.2.2).
    private static let connectionFields = HeaderMask(
        .connection, .keepAlive, .transferEncoding, .upgrade, .proxyConnection)

    // MARK: - Header blocks

    /// Sends the head of an answer, which `bytes` begin with. Whether the stream has ended with that.
    package mutating func write(_ head: ResponseHead, of bytes: Span<UInt8>, on slot: Int, endsStream: Bool) -> Bool {
        let start = beginBlock()
        encoder.encode(status: Int(head.status), to: &out)
        for index in 0..<head.fields.count {
            let field = head.fields[index]
            if Self.connectionFields.contains(field.known) { continue }
            let isSecret = field.known == .setCookie
            encoder.encode(
                field.known, bytes.extracting(field.name.range), bytes.extracting(field.value.range),
                isSecret: isSecret, to: &out)
        }
        endBlock(from: start, slot, endsStream: endsStream)
        return endsStream && closeLocal(slot)
    }

    /// Sends what follows a body. Whether the stream has ended with that.
    package mutating func write(trailers: [(name: [UInt8], value: [UInt8])], on slot: Int) -> Bool {
        let start = beginBlock()
        for (name, value) in trailers { encoder.encode(.lookup(name.span), name.span, value.span, to: &out) }
        endBlock(from: start, slot, endsStream: true)
        return closeLocal(slot)
    }

    private mutating func beginBlock() -> Int {
        let start = out.writerIndex
        out.writeFrameHeader(.headers, [], 0, length: 0)
        encoder.begin(&out)
        return start
    }

    /// Completes the frame's header when its length is known. A block that is too long for it goes on in others.
    private mutating func endBlock(from start: Int, _ slot: Int, endsStream: Bool) {
        let id = streams[slot].id
        let flags: FrameFlags = endsStream ? [.endStream] : []
        let first = start + FrameHeader.byteCount
        let count = out.writerIndex - first
        guard count > mostFrameBytes, let rest = out.getSlice(at: first, length: count) else {
            out.moveWriterIndex(to: start)
            out.writeFrameHeader(.headers, flags.union(.endHeaders), id, length: count)
            out.moveWriterIndex(to: first + count)
            return
        }
        out.moveWriterIndex(to: start)
        writeInFrames(rest, id, flags)
    }

    private mutating func writeInFrames(_ block: ByteBuffer, _ id: UInt32, _ flags: FrameFlags) {
        var rest = block
        var kind = FrameKind.headers
        while let part = rest.readSlice(length: min(rest.readableBytes, mostFrameBytes)), part.readableBytes > 0 {
            var own = kind == .headers ? flags : []
            if rest.readableBytes == 0 { own.insert(.endHeaders) }
            out.writeFrameHeader(kind, own, id, length: part.readableBytes)
            out.writeImmutableBuffer(part)
            kind = .continuation
        }
    }

    // MARK: - Bodies

    /// Sends a piece of a body, or keeps what can't be sent yet. Whether the stream has ended with that.
    package mutating func write(_ piece: ByteBuffer, on slot: Int, _ end: BodyEnd) -> Bool {
        var rest = piece
        if !isBlocked, queue.isEmpty, streams[slot].pending.readableBytes == 0 {
            while rest.readableBytes > 0, let part = nextPart(of: &rest, slot) {
                let isLast = end == .end && rest.readableBytes == 0
                writeData(part, slot, endsStream: isLast)
                if isLast { return closeLocal(slot) }
            }
            if rest.readableBytes == 0, end == .more { return false }
            if rest.readableBytes == 0, end == .end {
                writeData(rest, slot, endsStream: true)
                return closeLocal(slot)
            }
        }
        keep(rest, slot)
        switch end {
        case .more: break
        case .end: streams[slot].end = .end
        case .trailers: streams[slot].end = .trailers
        }
        enqueue(slot)
        return false
    }

    package enum BodyEnd: Sendable {
        case more, end, trailers
    }

    private mutating func keep(_ rest: ByteBuffer, _ slot: Int) {
        guard rest.readableBytes > 0 else { return }
        if streams[slot].pending.readableBytes == 0 { streams[slot].pending.clear() }
        streams[slot].pending.writeImmutableBuffer(rest)
    }

    /// Whether a stream takes more of its answer without filling the memory.
    package func isWritable(_ slot: Int) -> Bool { streams[slot].pending.readableBytes < limits.unsentBytes }

    /// Whether a stream that took no more takes more again.
    package func hasRoom(_ slot: Int) -> Bool { streams[slot].pending.readableBytes <= limits.unsentBytes / 2 }

    /// As much as one frame may carry; nil when nothing may be sent.
    private mutating func nextPart(of rest: inout ByteBuffer, _ slot: Int) -> ByteBuffer? {
        let count = min(rest.readableBytes, mostFrameBytes, sendWindow, streams[slot].sendWindow)
        guard count > 0 else { return nil }
        sendWindow -= count
        streams[slot].sendWindow -= count
        return rest.readSlice(length: count)
    }

    private mutating func nextPendingPart(_ slot: Int) -> ByteBuffer? {
        var pending = streams[slot].pending
        defer { streams[slot].pending = pending }
        return nextPart(of: &pending, slot)
    }

    private mutating func writeData(_ part: ByteBuffer, _ slot: Int, endsStream: Bool) {
        out.writeFrameHeader(.data, endsStream ? .endStream : [], streams[slot].id, length: part.readableBytes)
        out.writeImmutableBuffer(part)
    }

    // MARK: - Turns

    /// Puts a stream that has something to send behind the others that have.
    mutating func enqueue(_ slot: Int) {
        guard !streams[slot].isQueued, streams[slot].hasSomethingToSend else { return }
        streams[slot].isQueued = true
        queue.append(slot)
    }

    /// Sends one frame of the stream whose turn it is.
    package mutating func pump() -> Progress {
        guard !isBlocked, let slot = queue.first else { return .idle }
        let isEmpty = streams[slot].pending.readableBytes == 0
        guard isEmpty || sendWindow > 0 else { return .idle }
        queue.removeFirst()
        streams[slot].isQueued = false
        guard let part = isEmpty ? ByteBuffer() : nextPendingPart(slot) else { return pump() }
        let isLast = streams[slot].pending.readableBytes == 0
        if isLast, streams[slot].end == .trailers {
            if part.readableBytes > 0 { writeData(part, slot, endsStream: false) }
            return .trailersDue(slot)
        }
        let endsStream = isLast && streams[slot].end == .end
        if endsStream || part.readableBytes > 0 { writeData(part, slot, endsStream: endsStream) }
        if endsStream { return .wrote(slot, hasEnded: closeLocal(slot)) }
        enqueue(slot)
        return .wrote(slot, hasEnded: false)
    }
}
