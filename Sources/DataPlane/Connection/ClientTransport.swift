// What a client's connection needs of whatever carries its bytes: a channel, or one stream of an HTTP/2 connection.
// Everything that a request does to its client's side goes through here.

import NIOCore

protocol ClientTransport: AnyObject {
    /// Whether more may be sent without filling the memory.
    var isWritable: Bool { get }
    func send(_ bytes: ByteBuffer)
    /// Stops or goes on reading from the client, for back-pressure.
    func holdReads(_ hold: Bool)
    /// Ends our side when everything is written, and tells the connection then. With `lingers` the client may go on
    /// sending for a while, which lets it read the answer.
    func endAfterWrites(of connection: ClientConnection, lingers: Bool)
    /// Ends everything now.
    func cut()
}

extension ChannelHandlerContext: ClientTransport {
    var isWritable: Bool { channel.isWritable }

    func send(_ bytes: ByteBuffer) {
        writeAndFlush(NIOAny(bytes), promise: nil)
    }

    func holdReads(_ hold: Bool) {
        try? channel.syncOptions?.setOption(.autoRead, value: !hold)
        if !hold { read() }
    }

    func endAfterWrites(of connection: ClientConnection, lingers: Bool) {
        let promise = eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { [weak connection, weak self] _ in
            guard let connection, let self, connection.transport != nil else { return }
            connection.everythingIsSent()
            close(mode: lingers ? .output : .all, promise: nil)
        }
        writeAndFlush(NIOAny(ByteBuffer()), promise: promise)
    }

    func cut() {
        close(promise: nil)
    }
}
