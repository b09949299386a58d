// Datagrams of one event loop: one socket for each family of addresses. A datagram that cannot be sent at once is lost.

import NIOCore
import NIOPosix
import PluginKit

/// Sends datagrams and never waits.
final class DatagramSender {
    private enum Socket {
        case opening([(AddressedEnvelope<ByteBuffer>, OutboundPeer, String)])
        case open(any Channel)
    }

    private unowned let outbound: LoopOutbound
    private var sockets: [Bool: Socket] = [:]
    /// Datagrams that wait for the address of their peer or for a socket.
    private var waiting = 0
    private var unsent = 0

    init(_ outbound: LoopOutbound) {
        self.outbound = outbound
    }

    /// Whether something is under way.
    var isBusy: Bool { waiting > 0 || unsent > 0 }

    func send(_ bytes: [UInt8], to peer: OutboundPeer, sender: String) {
        if let literal = HostAddress.socketAddress(literal: peer.host, port: peer.port) {
            return send(bytes, to: literal, peer, sender)
        }
        let resolver = outbound.context.resolver
        if case .success(let target)? = resolver.cached(peer.host, port: peer.port) {
            return send(bytes, to: target.address, peer, sender)
        }
        guard waiting < LoopOutbound.waitingDatagrams else {
            return lost(peer, sender, "too many wait for the name's address")
        }
        waiting += 1
        resolver.resolve(peer.host, port: peer.port) { [weak self] result in
            guard let self else { return }
            waiting -= 1
            switch result {
            case .success(let target): send(bytes, to: target.address, peer, sender)
            case .failure(let failure): lost(peer, sender, failure.message)
            }
            outbound.datagramsSent()
        }
    }

    private func lost(_ peer: OutboundPeer, _ sender: String, _ reason: String) {
        outbound.complaints.tell(peer, "[\(sender)] failed to send data to \(peer.host):\(peer.port): \(reason)")
    }

    private func send(_ bytes: [UInt8], to address: SocketAddress, _ peer: OutboundPeer, _ sender: String) {
        let envelope = AddressedEnvelope(remoteAddress: address, data: ByteBuffer(bytes: bytes))
        let isIPv4 = if case .v4 = address { true } else { false }
        switch sockets[isIPv4] {
        case .open(let channel): write(envelope, to: channel, peer, sender)
        case .opening(let queue):
            guard queue.count < LoopOutbound.waitingDatagrams else { return lost(peer, sender, "no socket yet") }
            sockets[isIPv4] = .opening(queue + [(envelope, peer, sender)])
        case nil:
            sockets[isIPv4] = .opening([(envelope, peer, sender)])
            open(isIPv4: isIPv4)
        }
    }

    private func write(
        _ envelope: AddressedEnvelope<ByteBuffer>, to channel: any Channel, _ peer: OutboundPeer, _ sender: String
    ) {
        guard channel.isWritable else { return lost(peer, sender, "the socket takes no more") }
        unsent += 1
        channel.writeAndFlush(envelope).assumeIsolated().whenComplete { [self] result in
            unsent -= 1
            if case .failure(let error) = result { lost(peer, sender, ConnectFailure.reason(error)) }
            outbound.datagramsSent()
        }
    }

    private func open(isIPv4: Bool) {
        let any = isIPv4 ? "0.0.0.0" : "::"
        guard let address = try? SocketAddress(ipAddress: any, port: 0) else { return }
        DatagramBootstrap(group: outbound.loop)
            .channelOption(.autoRead, value: false)
            .bind(to: address)
            .assumeIsolated()
            .whenComplete { [self] in opened(isIPv4: isIPv4, $0) }
    }

    private func opened(isIPv4: Bool, _ result: Result<any Channel, any Error>) {
        guard case .opening(let queue)? = sockets[isIPv4] else { return }
        switch result {
        case .success(let channel):
            sockets[isIPv4] = .open(channel)
            channel.closeFuture.assumeIsolated().whenComplete { [self] _ in sockets[isIPv4] = nil }
            for (envelope, peer, sender) in queue { write(envelope, to: channel, peer, sender) }
        case .failure(let error):
            sockets[isIPv4] = nil
            for (_, peer, sender) in queue { lost(peer, sender, ConnectFailure.reason(error)) }
        }
    }
}
