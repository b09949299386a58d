// The turn of the DNS thread: takes questions from the mailbox, waits for the name servers' sockets, and calls back
// when a name is known. All of its state belongs to that one thread.

import Glibc

/// A name that someone waits for.
struct LookupRequest: Sendable {
    /// In lower case.
    let host: String
    let lastType: RecordType?
    /// Called on the DNS thread; must not wait.
    let reply: @Sendable (LookupOutcome) -> Void
}

/// Lives on the DNS thread.
final class ResolverThread {
    /// A lookup in progress and everybody who waits for it.
    private final class Lookup {
        let host: String
        var machine: NameLookup
        var question: DNSQuestion?
        var attempt = 0
        var replies: [@Sendable (LookupOutcome) -> Void]

        init(_ request: LookupRequest, rules: LookupRules) {
            host = request.host
            machine = NameLookup(host: request.host, lastType: request.lastType, rules: rules)
            replies = [request.reply]
        }
    }

    private let channels: [AresChannel]
    private let rules: LookupRules
    private let attempts: Int
    private let sharesLookups: Bool
    private var shared: [String: Lookup] = [:]
    private var open: [ObjectIdentifier: Lookup] = [:]
    /// Filled by c-ares' callbacks and emptied outside them, so that it is never entered from its own callback.
    private var replies: [(Lookup, DNSServer, AresReply)] = []
    /// The server asked first: the first of the list, until it fails to answer.
    private var preferred = 0

    /// - Parameter attempts: how often one question is asked, each time to the next server.
    init(channels: [AresChannel], rules: LookupRules, attempts: Int, sharesLookups: Bool) {
        self.channels = channels
        self.rules = rules
        self.attempts = attempts
        self.sharesLookups = sharesLookups
    }

    func start(_ request: LookupRequest) {
        if channels.isEmpty { return request.reply(.stopped) }
        if sharesLookups, let running = shared[request.host] {
            running.replies.append(request.reply)
            return
        }
        let lookup = Lookup(request, rules: rules)
        open[ObjectIdentifier(lookup)] = lookup
        if sharesLookups { shared[request.host] = lookup }
        take(lookup.machine.start(), for: lookup)
        dealWithReplies()
    }

    /// Waits for the mailbox, the servers or a timeout, and deals with what happened.
    func turn(wakeup: Wakeup) {
        var entries = [pollfd(fd: wakeup.descriptor, events: Int16(POLLIN), revents: 0)]
        var owners: [AresChannel] = []
        for channel in channels {
            for entry in channel.descriptors() {
                entries.append(entry)
                owners.append(channel)
            }
        }
        let timeout = channels.compactMap { $0.nextTimeout() }.min() ?? -1
        poll(&entries, nfds_t(entries.count), timeout)
        if entries[0].revents != 0 { wakeup.drain() }
        for (entry, owner) in zip(entries.dropFirst(), owners) where entry.revents != 0 { owner.process(entry) }
        for channel in channels { channel.process() }
        dealWithReplies()
    }

    /// Answers everybody who still waits.
    func stop() {
        // While this object still lives, since the callbacks point to it.
        for channel in channels { channel.cancel() }
        replies = []
        for lookup in open.values { finish(lookup, .stopped) }
        open = [:]
        shared = [:]
    }

    private func dealWithReplies() {
        while !replies.isEmpty {
            let batch = replies
            replies = []
            for (lookup, server, reply) in batch { take(reply, from: server, for: lookup) }
        }
    }

    private func take(_ reply: AresReply, from server: DNSServer, for lookup: Lookup) {
        switch reply {
        case .message(let bytes):
            if let message = DNSMessage(bytes) {
                take(lookup.machine.receive(.success(message)), for: lookup)
            } else {
                askNext(lookup, after: server, reason: "malformed answer")
            }
        case .noAnswer(let reason):
            askNext(lookup, after: server, reason: reason)
        case .refused(let reason):
            take(lookup.machine.receive(.failure(.transport(server, reason))), for: lookup)
        }
    }

    private func askNext(_ lookup: Lookup, after server: DNSServer, reason: String) {
        if channels[preferred].server == server { preferred = (preferred + 1) % channels.count }
        lookup.attempt += 1
        if lookup.attempt < attempts {
            ask(lookup)
        } else {
            take(lookup.machine.receive(.failure(.transport(server, reason))), for: lookup)
        }
    }

    private func take(_ step: NameLookup.Step, for lookup: Lookup) {
        switch step {
        case .ask(let question):
            lookup.question = question
            lookup.attempt = 0
            ask(lookup)
        case .finished(let outcome):
            open[ObjectIdentifier(lookup)] = nil
            if shared[lookup.host] === lookup { shared[lookup.host] = nil }
            finish(lookup, outcome)
        }
    }

    private func ask(_ lookup: Lookup) {
        guard let question = lookup.question else { return }
        let channel = channels[(preferred + lookup.attempt) % channels.count]
        // Unowned, and the server rather than its channel: c-ares keeps the closure, and the channel keeps c-ares.
        channel.ask(question) { [unowned self, server = channel.server] reply in
            replies.append((lookup, server, reply))
        }
    }

    private func finish(_ lookup: Lookup, _ outcome: LookupOutcome) {
        for reply in lookup.replies { reply(outcome) }
    }
}

extension LookupOutcome {
    fileprivate static let stopped = LookupOutcome(answer: .failure(.stopped), lifetimeMilliseconds: 0)
}
