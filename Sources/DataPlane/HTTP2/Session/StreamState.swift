// What a session knows of one stream that is open.

import NIOCore

struct StreamState {
    /// What comes behind the bytes that wait.
    enum End {
        /// There may be more.
        case open
        case end
        /// Fields, which the session asks for when it is their turn.
        case trailers
    }

    var id: UInt32 = 0
    /// Whether the client may still send, and whether we may.
    var isRemoteOpen = false
    var isLocalOpen = false
    /// Bytes that we may send. Negative when the client made its windows smaller (RFC 9113, section 6.9.2).
    var sendWindow = 0
    /// Bytes that the client may send.
    var receiveWindow = 0
    /// Bytes that were used up and not yet granted anew, and bytes that nobody uses for now.
    var ungranted = 0
    var held = 0
    var isHeld = false
    /// Bytes that the request's Content-Length still promises; nil without one.
    var promised: Int64?
    /// What waits for the windows or for the network.
    var pending = ByteBuffer()
    var end = End.open
    /// Whether the stream stands in the queue of those that have something to send.
    var isQueued = false

    var hasSomethingToSend: Bool {
        pending.readableBytes > 0 ? sendWindow > 0 : isLocalOpen && end != .open
    }
}

/// Counts events of one kind within a time.
struct EventCount {
    private var count = 0
    private var began: Int64 = 0

    /// Counts one more; whether there are more than `most` since the time began.
    mutating func exceeds(_ most: Int, within milliseconds: Int64, now: Int64) -> Bool {
        if now - began >= milliseconds {
            began = now
            count = 0
        }
        count += 1
        return count > most
    }
}

/// The streams that ended last, as far as somebody may still ask (RFC 9113, section 5.1).
struct ClosedStreams {
    enum Memory {
        case unknown
        case ended
        /// We reset it: what the client sent before it knew is ignored.
        case reset
    }

    /// The streams' numbers, doubled, and 1 more for those that we reset.
    private var numbers: [UInt64] = []
    private var next = 0
    private static let most = 256

    mutating func add(_ stream: UInt32, isReset: Bool) {
        let number = UInt64(stream) << 1 | (isReset ? 1 : 0)
        if numbers.count < Self.most {
            numbers.append(number)
        } else {
            numbers[next] = number
            next = (next + 1) % Self.most
        }
    }

    func memory(of stream: UInt32) -> Memory {
        for number in numbers where number >> 1 == UInt64(stream) { return number & 1 == 1 ? .reset : .ended }
        return .unknown
    }
}
