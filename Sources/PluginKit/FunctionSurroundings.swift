// What functions written in Lua may ask about the connection and the event loop that their request came by.

/// The connection of a request, as functions see it. All of it belongs to one event loop.
package protocol FunctionSurroundings: AnyObject {
    /// What the event loop keeps for functions from one request to the next.
    var functionState: AnyObject? { get set }
    /// The current time in milliseconds since the epoch.
    var nowMilliseconds: Int64 { get }
    var loopCount: Int { get }
    /// The least grave level that is logged, by nginx' numbers: 1 (emerg) to 8 (debug).
    var logLevel: Int { get }
    func log(_ level: Int, _ message: String)
    /// The value of one of nginx' variables; nil when it has none.
    func variable(_ name: String) -> [UInt8]?
    /// Whether an address is one of `trusted_ips`.
    func isTrusted(_ address: [UInt8]) -> Bool
    /// Whether there is an upstream entity of that name.
    func hasUpstream(_ name: String) -> Bool
    /// nginx' answer to a status alone: an error page, or no body.
    func page(_ status: Int) -> Response
    /// Closes the connection without an answer.
    func closeUnanswered()
}
