// What a phase decides about the request it looked at.

/// The outcome of a request phase.
package enum Verdict {
    /// Go on with the next plugin.
    case next
    /// Answer now; later plugins' access phases don't run, response phases do.
    case respond(Response)
    /// The plugin will call `Exchange.resume` once, later, on the same event loop.
    case suspend
}
