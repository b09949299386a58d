// A name server that counts questions and never answers.

import NIOCore
import NIOPosix
import Synchronization

/// Listens on a free UDP port of the loopback interface.
final class SilentServer {
    let port: Int
    private let channel: any Channel
    private let counter: Counter

    /// How many questions came in so far.
    var questions: Int { counter.count.load(ordering: .relaxed) }

    init() throws {
        let counter = Counter()
        let bootstrap = DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { $0.pipeline.addHandler(counter) }
        channel = try bootstrap.bind(host: "127.0.0.1", port: 0).wait()
        port = channel.localAddress?.port ?? 0
        self.counter = counter
    }

    func stop() {
        try? channel.close().wait()
    }
}

private final class Counter: ChannelInboundHandler, Sendable {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    let count = Atomic<Int>(0)

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        count.add(1, ordering: .relaxed)
    }
}
