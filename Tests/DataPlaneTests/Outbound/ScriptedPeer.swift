// A server on the loopback interface that does what a test tells it to, and remembers what it was sent.

import NIOCore
import NIOPosix
import Synchronization

final class ScriptedPeer: Sendable {
    /// What is done about a request.
    enum Step {
        case answer(String)
        case close
        case silence
    }

    private struct State {
        var steps: [Step]
        var accepted = 0
        var text = ""
        var channels: [any Channel] = []
    }

    private let state: Mutex<State>
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let listener = Mutex<(any Channel)?>(nil)

    /// - Parameter steps: one for each request; silence after the last.
    init(_ steps: [Step] = []) throws {
        state = Mutex(State(steps: steps))
        let channel = try ServerBootstrap(group: group)
            .childChannelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ScriptedPeerHandler(self))
                }
            }
            .bind(host: "127.0.0.1", port: 0).wait()
        listener.withLock { $0 = channel }
    }

    var port: Int { listener.withLock { $0?.localAddress?.port ?? 0 } }
    /// How many connections were made so far.
    var accepted: Int { state.withLock { $0.accepted } }
    /// All that came so far, over all connections.
    var text: String { state.withLock { $0.text } }

    /// Closes the connections that are open.
    func hangUp() {
        for channel in state.withLock({ $0.channels }) { channel.close(promise: nil) }
    }

    func stop() {
        try? group.syncShutdownGracefully()
    }

    fileprivate func began(_ channel: any Channel) {
        state.withLock {
            $0.accepted += 1
            $0.channels.append(channel)
        }
    }

    fileprivate func took(_ text: String) -> Step? {
        state.withLock { state in
            state.text += text
            guard text.hasSuffix("\r\n\r\n"), !state.steps.isEmpty else { return nil }
            return state.steps.removeFirst()
        }
    }
}

private final class ScriptedPeerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let peer: ScriptedPeer

    init(_ peer: ScriptedPeer) {
        self.peer = peer
    }

    func channelActive(context: ChannelHandlerContext) {
        peer.began(context.channel)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch peer.took(String(buffer: unwrapInboundIn(data))) {
        case .answer(let text): context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        case .close: context.close(promise: nil)
        case .silence, nil: break
        }
    }
}
