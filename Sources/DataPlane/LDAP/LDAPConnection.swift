// A connection to an LDAP server: one request at a time, for a bind has its connection for itself (RFC 4511, 4.2.1).

import NIOCore
import PluginKit
import Wire

final class LDAPConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var context: ChannelHandlerContext?
    private var received = ByteBuffer()
    private var lastID: Int32 = 0
    private var done: ((Result<LDAPResult, OutboundFailure>) -> Void)?
    private let idleTimer = WheelTimer()
    /// Whether a bind came over this connection before: the server may have closed it meanwhile.
    var isKept = false
    /// Called once when the connection has ended, or never was.
    var onEnd: (() -> Void)?

    init() {
        idleTimer.belong(to: self)
    }

    var channel: (any Channel)? { context?.channel }
    var isOpen: Bool { context?.channel.isActive ?? false }

    /// Sends a request. `done` is called with the answer, or when there will be none.
    func ask(_ request: (Int32) -> [UInt8], _ done: @escaping (Result<LDAPResult, OutboundFailure>) -> Void) {
        guard let context, isOpen else { return done(.failure(.closed)) }
        idleTimer.cancel()
        lastID = lastID == .max ? 1 : lastID + 1
        self.done = done
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: request(lastID))), promise: nil)
    }

    /// Waits for the next request for so long.
    func keep(_ timers: TimerWheel, milliseconds: Int64) {
        timers.arm(idleTimer, afterMilliseconds: milliseconds)
    }

    /// Closes the connection, or what was to become one.
    func drop() {
        done = nil
        context?.close(promise: nil)
        end()
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        end()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received.writeImmutableBuffer(unwrapInboundIn(data))
        let bytes = received
        switch LDAPReading(bytes.readableBytesUInt8Span) {
        case .needMore: if done == nil { fail(.malformed) }
        case .malformed: fail(.malformed)
        case .result(let result, let byteCount):
            // Nothing may follow: after StartTLS it would be an attacker's, let in before the handshake.
            guard byteCount == bytes.readableBytes else { return fail(.malformed) }
            received.clear()
            // What nobody asked for announces the end of the connection (section 4.4.1).
            guard let done, result.id == lastID else { return fail(.closed) }
            self.done = nil
            done(.success(result))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(.closed)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(isKept ? .closed : .unreachable("\(error)"))
    }

    private func fail(_ failure: OutboundFailure) {
        let done = done
        self.done = nil
        // First, so that who connects anew is counted before this connection is not: see `onEmpty`.
        done?(.failure(failure))
        drop()
    }

    private func end() {
        idleTimer.cancel()
        let onEnd = onEnd
        self.onEnd = nil
        onEnd?()
    }
}

extension LDAPConnection: TimerOwner {
    func timerFired() {
        drop()
    }
}
