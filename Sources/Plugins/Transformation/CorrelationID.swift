// correlation-id: gives every request an id in a header, so that the log lines of all who handle it can be joined.

import PluginKit
import Schema
import Wire

/// Sends an id to the upstream and, if wanted, back to the client.
package struct CorrelationID: AccessPhase {
    package static let declaration = PluginDeclaration(
        name: "correlation-id", version: "1.0.0", priority: 1, config: Config.schema)

    package enum Generator: String, Choice {
        /// A new random UUID.
        case uuid
        /// The worker's UUID and a running number: cheaper, and shows what one worker served.
        case counter = "uuid#counter"
        /// Where and when the request came in.
        case tracker
    }

    package struct Config: Declared {
        package var headerName = "Kong-Request-ID"
        package var generator = Generator.counter
        package var echoDownstream = false

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("header_name", \.headerName, doc: "The header that carries the id."),
            Field("generator", \.generator, doc: "How an id is made."),
            Field("echo_downstream", \.echoDownstream, doc: "Whether the client gets the id as well."),
        ]
    }

    private let header: HeaderName
    /// What the client knows it by: nginx writes dashes for underscores.
    private let echo: HeaderName
    private let generator: Generator
    private let echoes: Bool
    private let node: NodeState

    package init(_ config: Config, _ setup: Setup) {
        header = HeaderName(config.headerName)
        echo = header.dashed ?? header
        generator = config.generator
        echoes = config.echoDownstream
        node = setup.node
    }

    package func access(_ x: Exchange) -> Verdict {
        let id: [UInt8]
        // An id that the client or a proxy before us sent is kept.
        if let sent = x.request.header(header) {
            id = sent
        } else {
            id = makeID(x)
            x.request.edits.set(header, id)
        }
        // Said here and not in the response phase: a request that an earlier plugin refuses has no id to echo.
        if echoes { x.response.edits.set(echo, id.isEmpty ? [Ascii.space] : id) }
        return .next
    }

    private func makeID(_ x: Exchange) -> [UInt8] {
        switch generator {
        case .uuid: Array(UUIDText.random().utf8)
        case .counter: node.workerID + Array("#\(node.nextSerial())".utf8)
        case .tracker: tracker(x)
        }
    }

    /// `<address>-<port>-<process>-<connection>-<request on it>-<seconds.milliseconds>`
    private func tracker(_ x: Exchange) -> [UInt8] {
        let (seconds, milliseconds) = x.nowMilliseconds.quotientAndRemainder(dividingBy: 1000)
        let fraction = String(milliseconds + 1000).dropFirst()
        let numbers =
            "-\(x.serverPort)-\(node.processID)-\(x.connectionSerial)-\(x.requestNumber)-\(seconds).\(fraction)"
        return x.serverAddress + Array(numbers.utf8)
    }
}
