// Where one request stands with its upstream: which peer has it, and which ones failed it.

/// Cannot be copied, and gives back what it holds at its end: however a request ends, no peer goes on counting it.
struct Balancing: ~Copyable {
    /// The peer of the current attempt.
    var peer: Peer?
    /// The version of the upstream that peer was taken from.
    var distribution: Distribution?
    /// Peers that earlier attempts of this request failed at.
    var tried: [Peer] = []
    /// The number made from the hash input; nil without one.
    var hash: UInt32?
    /// A cookie's value made for a client without one, to be sent with the answer.
    var newCookie: [UInt8]?
    /// What counts the current attempt among its requests under way; nil where nothing is counted.
    private var held: PeerLoad?
    private var heldSince = Uptime(nanoseconds: 0)
    /// Whether the attempt's time is still to be told.
    private var isMeasuring = false

    init() {}

    deinit { held?.end() }

    func wasTried(_ peer: Peer) -> Bool {
        tried.contains { $0 === peer }
    }

    /// Counts an attempt at the peer, in place of the one before.
    mutating func hold(_ peer: Peer) {
        release()
        peer.load.begin()
        held = peer.load
        heldSince = Uptime.now
        isMeasuring = true
    }

    /// The attempt is over. Nothing happens the second time.
    mutating func release() {
        held?.end()
        held = nil
    }

    /// The peer answered; only the first word counts.
    ///
    /// - Parameter isFailure: whether the answer is one that a peer gives when it can't.
    mutating func answered(isFailure: Bool) {
        guard isMeasuring, let held else { return }
        isMeasuring = false
        let now = Uptime.now
        let time = now.microseconds(since: heldSince)
        if isFailure {
            held.failed(microseconds: time, atMilliseconds: now.milliseconds)
        } else {
            held.answered(microseconds: time, atMilliseconds: now.milliseconds)
        }
    }

    /// Nobody waits for the answer any more.
    mutating func givenUp() {
        guard isMeasuring, let held else { return }
        isMeasuring = false
        let now = Uptime.now
        held.givenUp(microseconds: now.microseconds(since: heldSince), atMilliseconds: now.milliseconds)
    }
}
