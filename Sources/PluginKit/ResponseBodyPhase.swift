// What plugins do that change the bodies of answers. It costs the others nothing: only answers that such a plugin asks
// for are kept back until they are whole.

/// Puts another body in the place of an answer's, whoever made it.
package protocol ResponseBodyPhase: Plugin {
    /// Asked when the headers are as the client will get them: whether the body may change. Then the whole of it is
    /// awaited, and nothing is sent before; its length is not told any more. Answers without a body are not asked for
    /// one.
    func wantsResponseBody(_ x: Exchange) -> Bool
    /// The body to send; nil leaves it as it is.
    func responseBody(_ x: Exchange, _ body: [UInt8]) -> [UInt8]?
}

package protocol ResponseBodyStep: AnyObject, Sendable {
    func wantsResponseBody(_ x: Exchange) -> Bool
    func responseBody(_ x: Exchange, _ body: [UInt8]) -> [UInt8]?
}

/// The compiled form of the phase in a chain.
final class ResponseBodyBox<P: ResponseBodyPhase>: ResponseBodyStep {
    private let plugin: P

    init(_ plugin: P) { self.plugin = plugin }

    func wantsResponseBody(_ x: Exchange) -> Bool { plugin.wantsResponseBody(x) }
    func responseBody(_ x: Exchange, _ body: [UInt8]) -> [UInt8]? { plugin.responseBody(x, body) }
}
