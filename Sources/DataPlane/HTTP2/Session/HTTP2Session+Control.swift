// The frames that carry no part of a message: settings, pings, windows, resets (RFC 9113, section 6).

import NIOCore
import Wire

extension HTTP2Session {
    // MARK: - SETTINGS

    mutating func takeSettings(_ frame: FrameHeader, _ bytes: Span<UInt8>, _ payload: Range<Int>) -> Event {
        guard frame.stream == 0 else { return fail(.protocolError) }
        if frame.flags.contains(.acknowledgement) { return payload.isEmpty ? .none : fail(.frameSizeError) }
        guard payload.count % 6 == 0 else { return fail(.frameSizeError) }
        if let end = countControl() { return end }
        for offset in stride(from: payload.lowerBound, to: payload.upperBound, by: 6) {
            let name = UInt16(bytes[offset]) << 8 | UInt16(bytes[offset + 1])
            if let error = take(setting: name, Int(bytes.number(at: offset + 2))) { return fail(error) }
        }
        out.writeFrameHeader(.settings, .acknowledgement, 0, length: 0)
        return .windowsOpened
    }

    private mutating func take(setting name: UInt16, _ value: Int) -> FrameError? {
        switch name {
        case 1: encoder.allow(tableBytes: value)
        case 2: if value > 1 { return .protocolError }
        case 4: return moveWindows(to: value)
        case 5:
            guard (16_384..<1 << 24).contains(value) else { return .protocolError }
            mostFrameBytes = min(value, FrameHeader.mostPayloadBytes)
        default: break
        }
        return nil
    }

    /// A new initial window moves those of all open streams (section 6.9.2).
    private mutating func moveWindows(to value: Int) -> FrameError? {
        guard value <= Self.largestWindow else { return .flowControlError }
        let change = value - initialSendWindow
        initialSendWindow = value
        for slot in streams.indices where streams[slot].id != 0 {
            streams[slot].sendWindow += change
            if streams[slot].sendWindow > Self.largestWindow { return .flowControlError }
            enqueue(slot)
        }
        return nil
    }

    // MARK: - PING, PRIORITY, RST_STREAM

    mutating func takePing(_ frame: FrameHeader, _ bytes: Span<UInt8>, _ payload: Range<Int>) -> Event {
        guard frame.stream == 0 else { return fail(.protocolError) }
        guard payload.count == 8 else { return fail(.frameSizeError) }
        let data = bytes.extracting(payload)
        if frame.flags.contains(.acknowledgement) {
            for index in 0..<8 where data[index] != Self.endingPing[index] { return .none }
            return .endingConfirmed
        }
        if let end = countControl() { return end }
        out.writeFrameHeader(.ping, .acknowledgement, 0, length: 8)
        out.writeBytes(data.bytes)
        return .none
    }

    /// Priorities mean nothing any more (section 5.3.2); the frames' form is checked.
    mutating func takePriority(_ frame: FrameHeader, _ bytes: Span<UInt8>, _ payload: Range<Int>) -> Event {
        guard frame.stream != 0 else { return fail(.protocolError) }
        if let end = countControl() { return end }
        guard payload.count == 5 else { return streamFault(frame.stream, .frameSizeError) }
        let isOwn = bytes.number(at: payload.lowerBound) & 0x7FFF_FFFF == frame.stream
        return isOwn ? streamFault(frame.stream, .protocolError) : .none
    }

    mutating func takeReset(_ frame: FrameHeader) -> Event {
        guard frame.length == 4 else { return fail(.frameSizeError) }
        guard isKnown(frame.stream) else { return fail(.protocolError) }
        guard !resets.exceeds(limits.resets, within: limits.countingMilliseconds, now: now) else {
            return fail(.enhanceYourCalm)
        }
        guard let slot = table.find(frame.stream) else { return .none }
        close(slot)
        return .reset(slot)
    }

    // MARK: - WINDOW_UPDATE

    mutating func takeWindowUpdate(_ frame: FrameHeader, _ bytes: Span<UInt8>, _ payload: Range<Int>) -> Event {
        guard payload.count == 4 else { return fail(.frameSizeError) }
        let increment = Int(bytes.number(at: payload.lowerBound) & 0x7FFF_FFFF)
        if frame.stream == 0 {
            guard increment > 0 else { return fail(.protocolError) }
            sendWindow += increment
            return sendWindow > Self.largestWindow ? fail(.flowControlError) : .windowsOpened
        }
        guard isKnown(frame.stream) else { return fail(.protocolError) }
        guard let slot = table.find(frame.stream) else { return .none }
        guard increment > 0 else { return resetStream(slot, .protocolError) }
        streams[slot].sendWindow += increment
        if streams[slot].sendWindow > Self.largestWindow { return resetStream(slot, .flowControlError) }
        enqueue(slot)
        return .windowsOpened
    }

    // MARK: - Windows of ours

    /// Stops or goes on granting the client what it sends on a stream.
    package mutating func hold(_ slot: Int, _ isHeld: Bool) {
        streams[slot].isHeld = isHeld
        guard !isHeld else { return }
        let held = streams[slot].held
        streams[slot].held = 0
        grant(slot, held)
    }

    /// Counts bytes that a stream has used up.
    mutating func grant(_ slot: Int, _ count: Int) {
        guard !streams[slot].isHeld else {
            streams[slot].held += count
            return
        }
        grantConnection(count)
        guard streams[slot].isRemoteOpen else { return }
        streams[slot].ungranted += count
        let ungranted = streams[slot].ungranted
        guard ungranted > 0, ungranted >= limits.streamWindowBytes / 2 else { return }
        streams[slot].ungranted = 0
        streams[slot].receiveWindow += ungranted
        writeWindowUpdate(streams[slot].id, ungranted)
    }

    mutating func grantConnection(_ count: Int, atOnce: Bool = false) {
        ungranted += count
        guard ungranted > 0, atOnce || ungranted >= limits.connectionWindowBytes / 2 else { return }
        receiveWindow += ungranted
        writeWindowUpdate(0, ungranted)
        ungranted = 0
    }

    private mutating func writeWindowUpdate(_ stream: UInt32, _ count: Int) {
        out.writeFrameHeader(.windowUpdate, [], stream, length: 4)
        out.writeInteger(UInt32(clamping: count))
    }
}
