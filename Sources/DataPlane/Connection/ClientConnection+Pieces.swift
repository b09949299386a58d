// Long answers that are whole before they are sent, such as /metrics of a node with thousands of services, and those
// whose bodies plugins have changed: sent in pieces, so that other connections of the event loop have their turn
// between any two.

import NIOCore
import PluginKit

extension ClientConnection {
    /// Bodies that are longer are sent in pieces of this length.
    static var pieceBytes: Int { 64 << 10 }

    /// Sends the head that is in `out` and the body after it.
    func sendInPieces(_ body: [UInt8]) {
        phase = .answering
        hasAnswerHead = true
        unsent = body[...]
        sendPiece()
    }

    /// The client took what was sent: goes on, unless that is arranged already.
    func resumePieces() {
        if !pieceIsDue { sendPiece() }
    }

    private func sendPiece() {
        guard phase == .answering, let transport else { return }
        guard transport.isWritable else { return armSendTimer() }
        timer.cancel()
        let piece = unsent.prefix(Self.pieceBytes)
        unsent = unsent.dropFirst(piece.count)
        append(piece)
        if unsent.isEmpty { writeAccessLog() }
        // Set before the write, which may tell at once that the client took it.
        pieceIsDue = true
        transport.send(out)
        out.clear()
        if unsent.isEmpty { endPieces() } else { sendNextPieceLater(loop.loop) }
    }

    private func append(_ piece: ArraySlice<UInt8>) {
        if compressor != nil { compress(piece.span, .none) } else if !piece.isEmpty { appendPart(piece.span) }
        if unsent.isEmpty { endBody() }
    }

    private func sendNextPieceLater(_ eventLoop: any EventLoop) {
        eventLoop.assumeIsolated().execute { [weak self] in
            self?.pieceIsDue = false
            self?.sendPiece()
        }
    }

    private func endPieces() {
        pieceIsDue = false
        unsent = []
        guard phase == .answering else { return }
        finishExchange()
        pump()
    }
}
