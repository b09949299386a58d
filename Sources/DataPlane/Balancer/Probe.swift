// One probe of an address: connect, and for HTTP ask for a path and read the status.

import NIOCore
import NIOPosix
import NIOSSL

enum Probe {
    /// Runs a probe; `done` is called once, on the event loop.
    static func run(
        _ rules: ProbeRules, host: String, address: SocketAddress, on loop: any EventLoop, _ trust: TrustedTLS,
        _ done: @escaping (ProbeOutcome) -> Void
    ) {
        let handler = ProbeHandler(rules, host: host, done)
        guard rules.kind == .https else { return connect(rules, address, on: loop, nil, handler) }
        trust.context(verifying: rules.verifiesCertificate, on: loop) { result in
            let name = rules.serverName ?? (HostAddress(literal: host) == nil ? host : nil)
            guard case .success(let context) = result,
                let tls = try? NIOSSLClientHandler(context: context, serverHostname: name)
            else { return handler.finish(.failed) }
            connect(rules, address, on: loop, tls, handler)
        }
    }

    private static func connect(
        _ rules: ProbeRules, _ address: SocketAddress, on loop: any EventLoop, _ tls: NIOSSLClientHandler?,
        _ handler: ProbeHandler
    ) {
        let parts = NIOLoopBound((tls, handler), eventLoop: loop)
        ClientBootstrap(group: loop)
            .connectTimeout(.milliseconds(max(rules.timeoutMilliseconds, 1)))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let (tls, handler) = parts.value
                    if let tls { try channel.pipeline.syncOperations.addHandler(tls) }
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .connect(to: address)
            .assumeIsolated()
            .whenFailure { error in
                let isTimeout =
                    if case .some(ChannelError.connectTimeout) = error as? ChannelError { true } else { false }
                parts.value.1.finish(isTimeout ? .timedOut : .failed)
            }
    }
}

/// The probe's end of its connection.
private final class ProbeHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let rules: ProbeRules
    private let host: String
    private var done: ((ProbeOutcome) -> Void)?
    private var received: [UInt8] = []
    private var deadline: Scheduled<Void>?
    private var context: ChannelHandlerContext?

    init(_ rules: ProbeRules, host: String, _ done: @escaping (ProbeOutcome) -> Void) {
        self.rules = rules
        self.host = host
        self.done = done
    }

    func finish(_ outcome: ProbeOutcome) {
        guard let done else { return }
        self.done = nil
        deadline?.cancel()
        context?.close(promise: nil)
        done(outcome)
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        guard rules.kind != .tcp else { return finish(.connected) }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: .milliseconds(max(rules.timeoutMilliseconds, 1))) {
            bound.value.finish(.timedOut)
        }
        // TLS holds the request back until the certificate is verified.
        let request = "GET \(rules.path) HTTP/1.0\r\nHost: \(host)\r\n\r\n"
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: request)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += unwrapInboundIn(data).readableBytesView.prefix(64)
        if let outcome = ProbeAnswer.read(received) { finish(outcome) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.failed)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(.failed)
        context.close(promise: nil)
    }
}
