// The frames that carry messages, and the states of streams (RFC 9113, section 5.1).

import NIOCore
import Wire

extension HTTP2Session {
    // MARK: - HEADERS and CONTINUATION

    mutating func takeHeaders(
        _ frame: FrameHeader, _ bytes: Span<UInt8>, _ payload: Range<Int>, _ fields: inout FieldBlock
    ) -> Event {
        guard frame.stream & 1 == 1, var part = unpadded(frame, bytes, payload) else { return fail(.protocolError) }
        blockDependsOnItself = false
        if frame.flags.contains(.priority) {
            guard part.count >= 5 else { return fail(.frameSizeError) }
            blockDependsOnItself = bytes.number(at: part.lowerBound) & 0x7FFF_FFFF == frame.stream
            part = part.lowerBound + 5..<part.upperBound
        }
        blockEndsStream = frame.flags.contains(.endStream)
        if frame.flags.contains(.endHeaders) { return takeBlock(frame.stream, bytes.extracting(part), &fields) }
        blockStream = frame.stream
        continuations = 0
        block.removeAll(keepingCapacity: true)
        appendToBlock(bytes, part)
        return .none
    }

    mutating func takeContinuation(
        _ frame: FrameHeader, _ bytes: Span<UInt8>, _ payload: Range<Int>, _ fields: inout FieldBlock
    ) -> Event {
        guard blockStream != 0, frame.stream == blockStream else { return fail(.protocolError) }
        continuations += 1
        guard continuations <= limits.continuations else { return fail(.enhanceYourCalm) }
        appendToBlock(bytes, payload)
        guard frame.flags.contains(.endHeaders) else { return .none }
        blockStream = 0
        let whole = block
        block = []
        return takeBlock(frame.stream, whole.span, &fields)
    }

    private mutating func appendToBlock(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        block.reserveCapacity(block.count + range.count)
        for index in range { block.append(bytes[index]) }
    }

    /// A header block is whole. It is unpacked whatever becomes of it: the next one builds upon it.
    private mutating func takeBlock(_ id: UInt32, _ block: Span<UInt8>, _ fields: inout FieldBlock) -> Event {
        switch decoder.decode(block, into: &fields) {
        case .complete: break
        case .malformed: return fail(.compressionError)
        case .tooLarge: return fail(.enhanceYourCalm)
        }
        if let slot = table.find(id) { return takeTrailers(slot, fields) }
        guard id > lastStream else { return headersBehindTheEnd(id) }
        if isFinal { return .none }
        lastStream = id
        if blockDependsOnItself { return refuse(id, .protocolError) }
        guard openCount < limits.concurrentStreams else { return refuse(id, .refusedStream) }
        return .request(open(id), endsStream: blockEndsStream)
    }

    private mutating func headersBehindTheEnd(_ id: UInt32) -> Event {
        switch closed.memory(of: id) {
        case .reset: .none
        case .ended: fail(.streamClosed)
        case .unknown: fail(.protocolError)
        }
    }

    /// What follows the body goes no further, as in nginx; it has to be well-formed all the same.
    private mutating func takeTrailers(_ slot: Int, _ fields: FieldBlock) -> Event {
        guard streams[slot].isRemoteOpen else { return resetStream(slot, .streamClosed) }
        guard blockEndsStream, StreamHead.areTrailers(fields), streams[slot].promised ?? 0 == 0 else {
            return resetStream(slot, .protocolError)
        }
        closeRemote(slot)
        return .trailers(slot)
    }

    // MARK: - DATA

    mutating func takeData(_ frame: FrameHeader, _ bytes: Span<UInt8>, _ payload: Range<Int>) -> Event {
        guard isKnown(frame.stream), let data = unpadded(frame, bytes, payload) else { return fail(.protocolError) }
        receiveWindow -= payload.count
        guard receiveWindow >= 0 else { return fail(.flowControlError) }
        let endsStream = frame.flags.contains(.endStream)
        emptyDataFrames = data.isEmpty && !endsStream ? emptyDataFrames + 1 : 0
        guard emptyDataFrames <= limits.emptyDataFrames else { return fail(.enhanceYourCalm) }
        guard let slot = table.find(frame.stream) else {
            grantConnection(payload.count)
            if frame.stream > lastStream || closed.memory(of: frame.stream) == .reset { return .none }
            return refuse(frame.stream, .streamClosed)
        }
        if let error = takeData(slot, payload.count, dataCount: data.count, endsStream) {
            grantConnection(payload.count)
            return resetStream(slot, error)
        }
        return .data(slot, data, endsStream: endsStream)
    }

    /// Counts what came; why the stream fails for it, if it does.
    private mutating func takeData(_ slot: Int, _ count: Int, dataCount: Int, _ endsStream: Bool) -> FrameError? {
        guard streams[slot].isRemoteOpen else { return .streamClosed }
        streams[slot].receiveWindow -= count
        guard streams[slot].receiveWindow >= 0 else { return .flowControlError }
        if let promised = streams[slot].promised {
            let left = promised - Int64(dataCount)
            guard left >= 0, left == 0 || !endsStream else { return .protocolError }
            streams[slot].promised = left
        }
        grant(slot, count)
        if endsStream { closeRemote(slot) }
        return nil
    }

    /// The payload without its padding; nil when that is longer than the frame.
    private func unpadded(_ frame: FrameHeader, _ bytes: Span<UInt8>, _ payload: Range<Int>) -> Range<Int>? {
        guard frame.flags.contains(.padded) else { return payload }
        guard let first = payload.first, Int(bytes[first]) < payload.count else { return nil }
        return first + 1..<payload.upperBound - Int(bytes[first])
    }

    // MARK: - States

    /// Whether the client has opened that stream. Those above the last one that is taken are nobody's concern.
    func isKnown(_ id: UInt32) -> Bool { id & 1 == 1 && (id <= lastStream || isFinal) }

    private mutating func open(_ id: UInt32) -> Int {
        var state = StreamState()
        state.id = id
        state.isRemoteOpen = !blockEndsStream
        state.isLocalOpen = true
        state.sendWindow = initialSendWindow
        state.receiveWindow = limits.streamWindowBytes
        openCount += 1
        let slot = freeSlots.popLast() ?? streams.count
        if slot == streams.count { streams.append(state) } else { streams[slot] = state }
        table.insert(id, slot: slot)
        return slot
    }

    /// Takes note of the length that the request's head tells. False when the body is over and does not have it.
    package mutating func expect(_ count: UInt64, of slot: Int) -> Bool {
        guard streams[slot].isRemoteOpen else { return count == 0 }
        streams[slot].promised = Int64(clamping: count)
        return true
    }

    /// Whether the whole answer of a stream that is open has been written.
    package func isAnswered(_ slot: Int) -> Bool { !streams[slot].isLocalOpen }

    /// Whether the slot's stream is open.
    package func isOpen(_ slot: Int) -> Bool { streams[slot].id != 0 }

    private mutating func closeRemote(_ slot: Int) {
        streams[slot].isRemoteOpen = false
        if !streams[slot].isLocalOpen { close(slot) }
    }

    /// We have sent all there is. Whether the stream has ended with that.
    mutating func closeLocal(_ slot: Int) -> Bool {
        streams[slot].isLocalOpen = false
        guard !streams[slot].isRemoteOpen else { return false }
        close(slot)
        return true
    }

    mutating func close(_ slot: Int, isReset: Bool = false) {
        let id = streams[slot].id
        grantConnection(streams[slot].held)
        table.remove(id)
        closed.add(id, isReset: isReset)
        if streams[slot].isQueued { queue.removeAll { $0 == slot } }
        streams[slot] = StreamState()
        freeSlots.append(slot)
        openCount -= 1
    }

    /// Ends a stream that is open.
    package mutating func end(_ slot: Int, _ error: FrameError) {
        writeReset(streams[slot].id, error)
        close(slot, isReset: true)
    }

    /// Ends a stream for a fault of the client's; too many of them end the connection.
    package mutating func resetStream(_ slot: Int, _ error: FrameError) -> Event {
        end(slot, error)
        return countFault() ?? .reset(slot)
    }

    /// The same, for a stream that may not be open.
    mutating func streamFault(_ id: UInt32, _ error: FrameError) -> Event {
        if let slot = table.find(id) { return resetStream(slot, error) }
        return id <= lastStream ? .none : fail(error)
    }

    /// Refuses what came on a stream that is not open.
    private mutating func refuse(_ id: UInt32, _ error: FrameError) -> Event {
        writeReset(id, error)
        closed.add(id, isReset: true)
        return countFault() ?? .none
    }

    private mutating func countFault() -> Event? {
        faults.exceeds(limits.resets, within: limits.countingMilliseconds, now: now) ? fail(.enhanceYourCalm) : nil
    }

    private mutating func writeReset(_ id: UInt32, _ error: FrameError) {
        out.writeFrameHeader(.resetStream, [], id, length: 4)
        out.writeInteger(error.rawValue)
    }
}
