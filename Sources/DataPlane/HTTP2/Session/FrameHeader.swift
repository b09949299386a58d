// What every frame of HTTP/2 begins with (RFC 9113, section 4.1), and the numbers that frames are made of.

import NIOCore

/// The types of frames (section 6). A struct, since there are types that nobody knows.
struct FrameKind: Equatable {
    let number: UInt8

    static let data = FrameKind(number: 0)
    static let headers = FrameKind(number: 1)
    static let priority = FrameKind(number: 2)
    static let resetStream = FrameKind(number: 3)
    static let settings = FrameKind(number: 4)
    static let pushPromise = FrameKind(number: 5)
    static let ping = FrameKind(number: 6)
    static let goAway = FrameKind(number: 7)
    static let windowUpdate = FrameKind(number: 8)
    static let continuation = FrameKind(number: 9)
}

/// The bits that are set in frames' flags; the same bit has one meaning in each type.
struct FrameFlags: OptionSet {
    let rawValue: UInt8

    static let endStream = FrameFlags(rawValue: 0x01)
    static let acknowledgement = FrameFlags(rawValue: 0x01)
    static let endHeaders = FrameFlags(rawValue: 0x04)
    static let padded = FrameFlags(rawValue: 0x08)
    static let priority = FrameFlags(rawValue: 0x20)
}

/// Why a stream or a connection ends (section 7).
package enum FrameError: UInt32, Sendable {
    case noError, protocolError, internalError, flowControlError, settingsTimeout, streamClosed, frameSizeError
    case refusedStream, cancel, compressionError, connectError, enhanceYourCalm
}

struct FrameHeader {
    static let byteCount = 9
    /// The longest payload that is taken, SETTINGS_MAX_FRAME_SIZE's least value.
    static let mostPayloadBytes = 16_384

    let length: Int
    let kind: FrameKind
    let flags: FrameFlags
    let stream: UInt32

    /// The header at `offset`; nil when it is not all there.
    init?(_ bytes: Span<UInt8>, at offset: Int) {
        guard bytes.count - offset >= Self.byteCount else { return nil }
        length = Int(bytes[offset]) << 16 | Int(bytes[offset + 1]) << 8 | Int(bytes[offset + 2])
        kind = FrameKind(number: bytes[offset + 3])
        flags = FrameFlags(rawValue: bytes[offset + 4])
        stream = bytes.number(at: offset + 5) & 0x7FFF_FFFF
    }
}

extension Span<UInt8> {
    /// Four bytes, the highest first.
    func number(at offset: Int) -> UInt32 {
        UInt32(self[offset]) << 24 | UInt32(self[offset + 1]) << 16 | UInt32(self[offset + 2]) << 8
            | UInt32(self[offset + 3])
    }
}

extension ByteBuffer {
    /// Writes what a frame begins with; its payload follows.
    mutating func writeFrameHeader(_ kind: FrameKind, _ flags: FrameFlags, _ stream: UInt32, length: Int) {
        writeInteger(UInt32(truncatingIfNeeded: length) << 8 | UInt32(kind.number))
        writeInteger(flags.rawValue)
        writeInteger(stream)
    }
}
