// Requests to a listener whose answers the gateway makes itself (the Admin API): read whole, answered elsewhere.

import NIOCore
import PluginKit
import Wire

extension ClientConnection {
    func beginLocal() {
        chain = .empty
        if case .length(let count) = exchange.request.head.framing, count > limits.adminBodyBytes {
            return refuseLargeBody(count)
        }
        if body.isComplete { answerLocally() } else { startCollecting(then: .answerLocally) }
    }

    func answerLocally() {
        guard case .local(let service) = listener.role else { return }
        phase = .deciding
        attemptSerial += 1
        let serial = attemptSerial
        let box = NIOLoopBound(WeakConnection(self), eventLoop: loop.loop)
        let eventLoop = loop.loop
        service.respond(to: localRequest()) { answer in
            eventLoop.execute {
                guard let connection = box.value.connection, connection.attemptSerial == serial else { return }
                connection.finishLocal(answer)
            }
        }
    }

    private func localRequest() -> LocalRequest {
        let request = exchange.request
        let fields = request.head.fields.map { field in
            LocalRequest.Field(
                name: String(decoding: request.copy(field.name).map(Ascii.lowercased), as: UTF8.self),
                value: String(decoding: request.copy(field.value), as: UTF8.self))
        }
        return LocalRequest(
            method: String(decoding: request.copy(request.head.methodSlice), as: UTF8.self),
            target: String(decoding: request.copy(request.head.uri), as: UTF8.self), fields: fields,
            body: Array(collectedBody.readableBytesView))
    }

    private func finishLocal(_ answer: LocalResponse) {
        guard phase == .deciding else { return }
        let fields = answer.fields.map { Response.Field(HeaderName($0.name), $0.value) }
        isCollected = true
        respond(Response(status: answer.status, fields: fields, body: answer.body))
        pump()
    }
}

/// Lets an answer that comes late find that its connection is gone.
private final class WeakConnection {
    weak var connection: ClientConnection?

    init(_ connection: ClientConnection) {
        self.connection = connection
    }
}
