// Where one request stands with its upstream: which peer has it, and which ones failed it.

struct Balancing {
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

    func wasTried(_ peer: Peer) -> Bool {
        tried.contains { $0 === peer }
    }
}
