// Request buffering: the upstream is asked when the request's body is there as a whole. What is small stays in memory,
// what is larger goes to the disk, and the client is read no faster than the disk takes it.

import NIOCore
import PluginKit
import Wire

extension ClientConnection {
    /// Whether there is more of the body to come than is here, and somebody who waits for all of it.
    var mustBufferBody: Bool {
        let head = exchange.request.head
        // The bodies of gRPC are conversations: nobody may wait for their end.
        guard configuration.buffersRequests, !isCollected, service?.speaksHTTP2 == false, !head.upgradesToWebSocket
        else { return false }
        if case .length(let count) = head.framing { return isPartlyCollected || UInt64(pendingBytes) < count }
        return true
    }

    // MARK: - From the client

    /// Takes what was collected to the disk. False when the disk has to catch up first.
    func spoolCollected() -> Bool {
        let spool = spool ?? BodySpool(in: configuration.spoolFolder, loop: loop.loop)
        self.spool = spool
        guard !spool.isBusy else { return false }
        let piece = collectedBody
        collectedBody = ByteBuffer()
        spool.append(piece) { [weak self] fault in
            guard let self, self.spool === spool, phase == .collecting else { return }
            if let fault { refuseSpooled(fault) } else { collect() }
            pump()
        }
        return true
    }

    /// The body's end has come: the upstream is asked when the last byte is written.
    func finishSpooling(_ spool: BodySpool) {
        holdReads(pendingBytes > limits.pendingBytes)
        if spool.isBusy { return }
        if collectedBody.readableBytes > 0 {
            _ = spoolCollected()
            return
        }
        isCollected = true
        phase = .deciding
        connect()
    }

    /// Waits for the disk, and the client with it.
    func waitForSpool() {
        timer.cancel()
        holdReads(true)
    }

    private func refuseSpooled(_ fault: SpoolFault) {
        loop.errorLog.log(.crit, fault.text, context: errorContext)
        refuse(500)
    }

    // MARK: - To the upstream

    /// Whether the upstream did not get everything that lies on the disk.
    var hasSpooledRest: Bool {
        guard let spool else { return false }
        return !spool.isAtEnd
    }

    /// Sends the next piece, and so on for as long as the upstream takes them. As in nginx, an upstream that answers
    /// gets no more: it may have closed its side, and the answer would be lost.
    func sendSpooled() {
        guard let spool, !spool.isAtEnd, !spool.isBusy, let upstream, upstream.isWritable, !hasAnswerHead else {
            return
        }
        let serial = attemptSerial
        spool.next { [weak self] result in
            guard let self, self.spool === spool, serial == attemptSerial, self.upstream === upstream else { return }
            switch result {
            case .success(let piece):
                armUpstreamTimer()
                upstream.send(piece)
                sendSpooled()
            case .failure(let fault):
                giveUpUpstream()
                if hasAnswerHead { closeNow() } else { refuseSpooled(fault) }
                pump()
            }
        }
    }
}
