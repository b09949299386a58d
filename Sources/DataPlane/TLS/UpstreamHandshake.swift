// Waits for the TLS handshake with an upstream: a connection is only used when it is done, so that a failure is one of
// connecting, after which any request may be tried again.

import NIOCore
import NIOTLS

/// Why the TLS handshake with an upstream came to nothing.
enum HandshakeFailure: Error {
    case timedOut
    case closed
    /// With the TLS library's reason.
    case refused(String)
}

/// Sits behind the TLS handler until the handshake is over.
final class UpstreamHandshake: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let deadline: NIODeadline
    private var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?
    private var result: Result<Void, any Error>?
    private var done: ((Result<Void, any Error>) -> Void)?

    /// - Parameter deadline: when the handshake must be done, the time for connecting included.
    init(deadline: NIODeadline) {
        self.deadline = deadline
    }

    /// Calls `done` once, on the event loop, when the handshake is over.
    func whenDone(on loop: any EventLoop, _ done: @escaping (Result<Void, any Error>) -> Void) {
        if let result { return done(result) }
        self.done = done
        let bound = NIOLoopBound(self, eventLoop: loop)
        timer = loop.scheduleTask(deadline: deadline) { bound.value.fail(HandshakeFailure.timedOut) }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.handshakeCompleted) = event as? TLSUserEvent {
            finish(.success(()))
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(TLSReason.isEnd(error) ? HandshakeFailure.closed : .refused(TLSReason.text(error)))
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.failure(HandshakeFailure.closed))
        context.fireChannelInactive()
    }

    private func fail(_ error: any Error) {
        let context = context
        finish(.failure(error))
        context?.close(promise: nil)
    }

    private func finish(_ result: Result<Void, any Error>) {
        guard self.result == nil else { return }
        self.result = result
        timer?.cancel()
        done?(result)
        done = nil
    }
}
