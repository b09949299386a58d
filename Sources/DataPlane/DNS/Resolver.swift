// The DNS client of the process: one thread that asks the name servers on behalf of every event loop.

import CAres
import Glibc
import Synchronization

/// Looks names up. Event loops use it through a `LoopResolver`, which caches. To be made after the last fork.
package final class Resolver: Sendable {
    private struct Mailbox {
        var requests: [LookupRequest] = []
        var isStopping = false
    }

    let configuration: DNSConfiguration
    private let hosts: HostsFile
    private let resolvConf: ResolvConf
    private let mailbox = Mutex(Mailbox())
    private let wakeup: Wakeup
    private let thread = Mutex<NamedThread?>(nil)

    /// Reads the hosts file and resolv.conf and starts the thread. A file that is missing counts as empty.
    ///
    /// - Throws: `DNSFailure` with kind `stopped` when the system has no thread or descriptor left.
    package init(_ configuration: DNSConfiguration) throws(DNSFailure) {
        guard ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS, let wakeup = Wakeup() else {
            throw DNSFailure(kind: .stopped, message: "c-ares cannot be set up")
        }
        self.configuration = configuration
        self.wakeup = wakeup
        hosts = HostsFile(content(of: configuration.hostsFile))
        resolvConf = ResolvConf(
            content(of: configuration.resolvConfFile), localDomain: environment("LOCALDOMAIN"),
            options: environment("RES_OPTIONS"))
        let started = NamedThread.start("dns") { [self] in run() }
        if started == nil { throw DNSFailure(kind: .stopped, message: "no thread for the resolver") }
        thread.withLock { $0 = started }
    }

    /// Ends the thread; whoever waits is answered with a failure.
    package func shutdown() {
        mailbox.withLock { $0.isStopping = true }
        wakeup.signal()
        let running = thread.withLock { $0.take() }
        running?.join()
    }

    /// What is known without asking: literals and the hosts file.
    func known(_ host: String) -> LookupOutcome? {
        if let address = HostAddress(literal: host) { return .lasting(address) }
        return hosts.address(of: host, order: configuration.order).map { .lasting($0) }
    }

    /// Asks the name servers.
    func lookUp(_ request: LookupRequest) {
        let accepted = mailbox.withLock { state in
            if !state.isStopping { state.requests.append(request) }
            return !state.isStopping
        }
        if accepted {
            wakeup.signal()
        } else {
            request.reply(LookupOutcome(answer: .failure(.stopped), lifetimeMilliseconds: 0))
        }
    }

    private func run() {
        let machine = ResolverThread(
            channels: channels(), rules: rules, attempts: configuration.attempts ?? resolvConf.attempts,
            sharesLookups: !configuration.noSync)
        while true {
            let (requests, stopping) = mailbox.withLock { state in
                defer { state.requests = [] }
                return (state.requests, state.isStopping)
            }
            for request in requests { machine.start(request) }
            if stopping { break }
            machine.turn(wakeup: wakeup)
        }
        machine.stop()
    }

    private func channels() -> [AresChannel] {
        let named = configuration.resolvers.isEmpty ? resolvConf.servers : configuration.resolvers
        let servers = named.isEmpty ? DNSServer("127.0.0.1").map { [$0] } ?? [] : named
        let timeout = configuration.attemptTimeout.map { Int($0.wholeMilliseconds) } ?? resolvConf.timeoutMilliseconds
        return servers.compactMap { AresChannel(server: $0, timeoutMilliseconds: timeout) }
    }

    private var rules: LookupRules {
        var rules = LookupRules()
        rules.order = configuration.order
        rules.search = configuration.searchDomains ?? resolvConf.search
        rules.dotsForAbsolute = configuration.dotsForAbsolute ?? resolvConf.dotsForAbsolute
        rules.validLifetime = configuration.validLifetime
        rules.notFoundLifetime = configuration.notFoundLifetime
        rules.errorLifetime = configuration.errorLifetime
        return rules
    }
}

private func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
}

/// The text of a small configuration file; empty when it cannot be read.
private func content(of path: String) -> String {
    guard let file = fopen(path, "re") else { return "" }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 4096)
    while true {
        let count = fread(&part, 1, part.count, file)
        if count == 0 { return String(decoding: bytes, as: UTF8.self) }
        bytes += part[..<count]
    }
}
