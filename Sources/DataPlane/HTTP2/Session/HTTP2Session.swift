// One HTTP/2 connection with a client, as a machine without I/O (RFC 9113): bytes go in and become events, and what is
// to be sent collects in `out`. It keeps the rules about frames, states, windows and limits, answers what concerns only
// the connection by itself, and knows nothing of requests but their fields.

import NIOCore
import Wire

package struct HTTP2Session {
    package enum Event: Equatable, Sendable {
        /// The bytes from `offset` on are no whole frame.
        case needMore
        /// A frame that is nobody's concern.
        case none
        /// A stream was opened in that slot; its head is in `fields`.
        case request(Int, endsStream: Bool)
        /// A part of the body, as a range of the bytes given.
        case data(Int, Range<Int>, endsStream: Bool)
        /// The request ended with trailers.
        case trailers(Int)
        /// The stream in that slot has ended before its time, by the client or by its fault.
        case reset(Int)
        /// Streams that wait may be able to send: `pump` tells.
        case windowsOpened
        /// The client has read all that was sent before `sendEndingPing`.
        case endingConfirmed
        /// The connection is to be closed behind what is in `out`.
        case failed
    }

    let limits: HTTP2Limits
    /// What is to be sent.
    package var out = ByteBuffer()
    /// The current time, for limits: milliseconds of a clock that never goes back.
    package var now: Int64 = 0
    /// Whether the network takes no more.
    package var isBlocked = false {
        didSet { if !isBlocked { waitingReplies = 0 } }
    }
    /// Whether the client was told that streams above `lastStream` are not taken.
    package var isFinal = false
    package internal(set) var lastStream: UInt32 = 0
    /// Streams that are open.
    package internal(set) var openCount = 0
    package internal(set) var isOver = false

    var decoder = HPACKDecoder()
    var encoder = HPACKEncoder()
    var streams: [StreamState] = []
    var freeSlots: [Int] = []
    var table = StreamTable()
    var closed = ClosedStreams()
    /// The slots of streams that have something to send, in turns.
    var queue: [Int] = []

    // What the client allows.
    var sendWindow = HTTP2Session.usualWindow
    var initialSendWindow = HTTP2Session.usualWindow
    var mostFrameBytes = FrameHeader.mostPayloadBytes

    // What the client is allowed.
    var receiveWindow = HTTP2Session.usualWindow
    var ungranted = 0

    private var hasPreface = false
    private var hasSettings = false
    /// A header block whose end has not come, and what its HEADERS said.
    var block: [UInt8] = []
    var blockStream: UInt32 = 0
    var blockEndsStream = false
    var blockDependsOnItself = false
    var continuations = 0

    var emptyDataFrames = 0
    var resets = EventCount()
    var faults = EventCount()
    var controlFrames = EventCount()
    /// Answers to control frames since the network takes no more.
    var waitingReplies = 0

    static let usualWindow = 65_535
    static let largestWindow = 0x7FFF_FFFF
    static let endingPing: [UInt8] = [0, 0] + Array("gibbon".utf8)

    package init(limits: HTTP2Limits) {
        self.limits = limits
    }

    /// Says what the client may do: to be called once, before anything else.
    package mutating func start() {
        let settings: [(UInt16, Int)] = [
            (3, limits.concurrentStreams), (4, limits.streamWindowBytes), (6, limits.headerBlockBytes),
        ]
        out.writeFrameHeader(.settings, [], 0, length: 6 * settings.count)
        for (name, value) in settings {
            out.writeInteger(name)
            out.writeInteger(UInt32(clamping: value))
        }
        if limits.connectionWindowBytes > Self.usualWindow {
            grantConnection(limits.connectionWindowBytes - Self.usualWindow, atOnce: true)
        }
    }

    /// The next event in `bytes` from `offset` on, which moves behind what was used. Call again until it is `needMore`.
    package mutating func next(_ bytes: Span<UInt8>, at offset: inout Int, into fields: inout FieldBlock) -> Event {
        if isOver {
            offset = bytes.count
            return .needMore
        }
        if !hasPreface {
            switch Preface.compare(bytes) {
            case .needMore: return .needMore
            case .different: return fail(.protocolError)
            case .same:
                hasPreface = true
                offset += Preface.byteCount
            }
        }
        guard let frame = FrameHeader(bytes, at: offset) else { return .needMore }
        guard frame.length <= FrameHeader.mostPayloadBytes else { return fail(.frameSizeError) }
        let start = offset + FrameHeader.byteCount
        guard bytes.count - start >= frame.length else { return .needMore }
        offset = start + frame.length
        return take(frame, bytes, start..<offset, &fields)
    }

    private mutating func take(
        _ frame: FrameHeader, _ bytes: Span<UInt8>, _ payload: Range<Int>, _ fields: inout FieldBlock
    ) -> Event {
        guard hasSettings || frame.kind == .settings && !frame.flags.contains(.acknowledgement) else {
            return fail(.protocolError)
        }
        // Nothing may come between the parts of a header block (section 4.3).
        guard blockStream == 0 || frame.kind == .continuation else { return fail(.protocolError) }
        switch frame.kind {
        case .data: return takeData(frame, bytes, payload)
        case .headers: return takeHeaders(frame, bytes, payload, &fields)
        case .priority: return takePriority(frame, bytes, payload)
        case .resetStream: return takeReset(frame)
        case .settings:
            hasSettings = true
            return takeSettings(frame, bytes, payload)
        case .pushPromise: return fail(.protocolError)
        case .ping: return takePing(frame, bytes, payload)
        case .goAway: return frame.stream != 0 ? fail(.protocolError) : frame.length < 8 ? fail(.frameSizeError) : .none
        case .windowUpdate: return takeWindowUpdate(frame, bytes, payload)
        case .continuation: return takeContinuation(frame, bytes, payload, &fields)
        default: return countControl() ?? .none
        }
    }

    // MARK: - The end

    /// Ends the connection for a fault of the client.
    mutating func fail(_ error: FrameError) -> Event {
        writeGoAway(lastStream, error)
        isOver = true
        return .failed
    }

    /// Tells the client that an end comes; what it sends before it knows is still taken (section 6.8).
    package mutating func announceEnd() {
        writeGoAway(UInt32(Self.largestWindow), .noError)
        out.writeFrameHeader(.ping, [], 0, length: Self.endingPing.count)
        out.writeBytes(Self.endingPing)
    }

    /// Tells the client which stream is the last.
    package mutating func nameLastStream() {
        isFinal = true
        writeGoAway(lastStream, .noError)
    }

    private mutating func writeGoAway(_ last: UInt32, _ error: FrameError) {
        out.writeFrameHeader(.goAway, [], 0, length: 8)
        out.writeInteger(last)
        out.writeInteger(error.rawValue)
    }

    /// Counts a frame that costs us something and gives nothing; the end of the connection when there are too many.
    mutating func countControl() -> Event? {
        let most = limits.controlFrames
        guard !controlFrames.exceeds(most, within: limits.countingMilliseconds, now: now) else {
            return fail(.enhanceYourCalm)
        }
        guard isBlocked else { return nil }
        waitingReplies += 1
        return waitingReplies > limits.waitingControlFrames ? fail(.enhanceYourCalm) : nil
    }
}
