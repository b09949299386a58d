// One name in the cache of an event loop, with the position of its round robin.

import NIOCore

/// What is known of a name. The clock is monotonic and in milliseconds.
package final class HostEntry {
    package let name: String
    package private(set) var answer: Result<HostAnswer, DNSFailure>
    private(set) var lastType: RecordType?
    private(set) var expiry: Int64
    /// The answer came with a lifetime of zero.
    private(set) var isForOneUse: Bool
    /// From this time on a use asks for a new answer; `Int64.max` while one is under way.
    package var refreshDue: Int64
    /// Set at every use and taken away by the cache's sweep.
    var wasUsed = true

    private var turn = 0
    private var rotation = ServiceRotation([])
    /// The addresses built for each port; nearly always one port.
    private var built: [(port: Int, addresses: [SocketAddress])] = []
    private static let maximumPorts = 16

    init(name: String, outcome: LookupOutcome, now: Int64) {
        self.name = name
        answer = outcome.answer
        lastType = outcome.type
        expiry = now + outcome.lifetimeMilliseconds
        refreshDue = expiry
        isForOneUse = outcome.lifetimeMilliseconds == 0
        if case .success(.services(let records)) = answer { rotation = ServiceRotation(records) }
    }

    /// Takes a new answer. The same addresses again go on in turn; new ones start with the first.
    func update(_ outcome: LookupOutcome, now: Int64) {
        expiry = now + outcome.lifetimeMilliseconds
        refreshDue = expiry
        isForOneUse = outcome.lifetimeMilliseconds == 0
        lastType = outcome.type ?? lastType
        if outcome.answer == answer { return }
        answer = outcome.answer
        turn = 0
        built = []
        if case .success(.services(let records)) = answer { rotation = ServiceRotation(records) }
    }

    /// The next address in turn.
    package func nextAddress(of addresses: [HostAddress], port: Int) -> SocketAddress {
        let ready = socketAddresses(of: addresses, port: port)
        let address = ready[turn % ready.count]
        turn = (turn + 1) % ready.count
        return address
    }

    package func nextService() -> ServiceRecord? {
        rotation.next()
    }

    private func socketAddresses(of addresses: [HostAddress], port: Int) -> [SocketAddress] {
        for index in built.indices where built[index].port == port { return built[index].addresses }
        let ready = addresses.map { $0.socketAddress(port: port) }
        if built.count == HostEntry.maximumPorts { built.removeFirst() }
        built.append((port, ready))
        return ready
    }
}
