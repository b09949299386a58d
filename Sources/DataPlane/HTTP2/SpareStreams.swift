// Streams that have ended, for those to come on any connection of the same listener and event loop: a request over
// HTTP/2 costs no objects of its own.

final class SpareStreams {
    /// The last one that ended comes first: its memory is warm.
    var stack: [HTTP2Stream] = []

    /// How many are kept.
    static let most = 256
}
