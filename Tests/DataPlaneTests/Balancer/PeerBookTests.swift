// What an upstream makes of its targets: peers for every address, kept over changes that do not concern them.

import DataPlane
import Testing

struct PeerBookTests {
    private func target(_ host: String, _ port: Int = 80, weight: Int = 100) -> TargetSpec {
        TargetSpec(host: host, port: port, weight: weight)
    }

    private func book(_ targets: [TargetSpec], slots: Int = 100) -> PeerBook {
        var settings = UpstreamSettings()
        settings.slots = slots
        var book = PeerBook()
        book.configure(settings, targets)
        return book
    }

    private func addresses(_ texts: [String], lifetime: Int64 = 1000) -> Result<HostRecords, DNSFailure> {
        let found = texts.compactMap { HostAddress(literal: $0) }
        return .success(HostRecords(answer: .addresses(found), lifetimeMilliseconds: lifetime))
    }

    private func members(_ book: PeerBook) -> [String] { book.distribution.peers.map(\.description) }

    private func share(_ book: PeerBook) -> [Int] {
        book.distribution.peers.indices.map { index in book.distribution.slots.count { Int($0) == index } }
    }

    @Test func `addresses need no lookup`() {
        let book = book([target("10.0.0.1"), target("[::1]", 8080, weight: 300)])
        #expect(book.names.isEmpty)
        #expect(members(book) == ["10.0.0.1:80 (10.0.0.1)", "[::1]:8080 (::1)"])
        #expect(share(book) == [25, 75])
    }

    @Test func `a name is resolved for each request until its first lookup has ended`() {
        let book = book([target("a.test")])
        #expect(book.names == ["a.test"])
        #expect(members(book) == ["a.test:80"])
        #expect(book.availability == ["a.test:80": true])
    }

    @Test func `each address of a name gets the target's weight`() {
        var book = book([target("a.test"), target("10.0.0.9", weight: 200)])
        book.resolved("a.test", addresses(["10.0.0.1", "10.0.0.2"]))
        #expect(members(book) == ["a.test:80 (10.0.0.1)", "a.test:80 (10.0.0.2)", "10.0.0.9:80 (10.0.0.9)"])
        #expect(share(book) == [25, 25, 50])
    }

    @Test func `SRV records bring their own ports and weights, and a weight of 0 counts as 1`() {
        var book = book([target("srv.test", weight: 7)])
        let records = [
            ServiceRecord(target: "10.0.0.1", port: 81, weight: 3, priority: 1),
            ServiceRecord(target: "b.test", port: 0, weight: 0, priority: 1),
        ]
        book.resolved(
            "srv.test", .success(HostRecords(answer: .services(records), lifetimeMilliseconds: 1000)))
        #expect(members(book) == ["srv.test:81 (10.0.0.1)", "srv.test:80"])
        #expect(share(book) == [75, 25])
    }

    @Test func `a name with a lifetime of 0 stays a name`() {
        var book = book([target("a.test")])
        book.resolved("a.test", addresses(["10.0.0.1"], lifetime: 0))
        #expect(members(book) == ["a.test:80"])
    }

    @Test func `a name that does not exist has no peers and is reported`() {
        var book = book([target("a.test"), target("10.0.0.1")])
        book.resolved("a.test", .failure(DNSFailure(kind: .nameError, message: "")))
        #expect(members(book) == ["10.0.0.1:80 (10.0.0.1)"])
        #expect(book.availability == ["10.0.0.1:80": true])
        let isMarked = book.mark("a.test:80", isHealthy: false)
        #expect(!isMarked)
    }

    @Test func `while the name servers are away the last answer holds`() {
        var book = book([target("a.test")])
        book.resolved("a.test", addresses(["10.0.0.1"]))
        book.resolved("a.test", .failure(DNSFailure(kind: .transport, message: "")))
        #expect(members(book) == ["a.test:80 (10.0.0.1)"])
        book.resolved("a.test", .failure(DNSFailure(kind: .nameError, message: "")))
        #expect(members(book).isEmpty)
        #expect(book.distribution.slots.isEmpty)
    }

    @Test func `a change of one target leaves the others as they are`() {
        var book = book([target("10.0.0.1"), target("10.0.0.2")])
        let first = book.distribution.peers[0]
        first.health.set(isHealthy: false)
        book.configure(book.settings, [target("10.0.0.1"), target("10.0.0.3")])
        #expect(book.distribution.peers[0] === first)
        #expect(!book.distribution.peers[0].health.isAvailable)
        #expect(book.distribution.version == 2)
    }

    @Test func `nothing happens when nothing changed`() {
        var book = book([target("10.0.0.1")])
        book.configure(book.settings, book.history)
        #expect(book.distribution.version == 1)
        book.resolved("stranger.test", addresses(["10.0.0.1"]))
        #expect(book.distribution.version == 1)
    }

    @Test func `an address keeps its health under a new weight and loses it when it leaves`() {
        var book = book([target("10.0.0.1"), target("10.0.0.2")])
        let isMarked = book.mark("10.0.0.1:80", isHealthy: false)
        #expect(isMarked)
        book.configure(book.settings, [target("10.0.0.1", weight: 5), target("10.0.0.2")])
        #expect(book.availability == ["10.0.0.1:80": false, "10.0.0.2:80": true])
        book.configure(book.settings, [target("10.0.0.2")])
        book.configure(book.settings, [target("10.0.0.2"), target("10.0.0.1")])
        #expect(book.availability == ["10.0.0.1:80": true, "10.0.0.2:80": true])
    }

    @Test func `the history decides where the slots are, and not when it was heard of`() {
        let rows = [
            target("10.0.0.1"), target("10.0.0.2"), target("10.0.0.3", weight: 30), target("10.0.0.2", weight: 0),
            target("10.0.0.1", weight: 7), target("10.0.0.2", weight: 9),
        ]
        let atOnce = book(rows)
        var later = book([rows[0]])
        for count in 2...rows.count { later.configure(later.settings, Array(rows.prefix(count))) }
        #expect(members(later) == members(atOnce))
        #expect(later.distribution.slots == atOnce.distribution.slots)
        #expect(members(atOnce) == ["10.0.0.1:80 (10.0.0.1)", "10.0.0.3:80 (10.0.0.3)", "10.0.0.2:80 (10.0.0.2)"])
        #expect(atOnce.distribution.weights == [7, 30, 9])
    }

    @Test func `a history that is another one makes another wheel, and addresses keep their health`() {
        var book = book([target("10.0.0.1"), target("10.0.0.2"), target("10.0.0.1", weight: 0)])
        _ = book.mark("10.0.0.2:80", isHealthy: false)
        book.configure(book.settings, [target("10.0.0.2"), target("10.0.0.3")])
        #expect(book.distribution.slots == self.book([target("10.0.0.2"), target("10.0.0.3")]).distribution.slots)
        #expect(book.availability == ["10.0.0.2:80": false, "10.0.0.3:80": true])
    }

    @Test func `a target that is taken out is not followed`() {
        var book = book([target("a.test"), target("b.test")])
        book.configure(book.settings, book.history + [target("a.test", weight: 0)])
        #expect(book.names == ["b.test"])
        #expect(book.availability == ["b.test:80": true])
    }

    @Test func `the order of a name's addresses does not matter`() {
        var books = [book([target("a.test"), target("b.test")]), book([target("a.test"), target("b.test")])]
        books[0].resolved("a.test", addresses(["10.0.0.1", "10.0.0.2"]))
        books[1].resolved("a.test", addresses(["10.0.0.2", "10.0.0.1"]))
        #expect(books[0].distribution.slots == books[1].distribution.slots)
        #expect(members(books[0]) == members(books[1]))
    }

    @Test func `addresses come back when the checks that took them out are switched off`() {
        var book = book([target("10.0.0.1")])
        var limits = HealthRules.Limits()
        limits.timeouts = 1
        var checked = book.settings
        checked.passive = HealthRules(limits: limits)
        let plain = book.settings
        book.configure(checked, book.history)
        _ = book.mark("10.0.0.1:80", isHealthy: false)
        book.configure(plain, book.history)
        #expect(book.availability == ["10.0.0.1:80": true])
    }

    @Test func `two targets with one address share its health`() {
        var book = book([target("a.test"), target("b.test")])
        book.resolved("a.test", addresses(["10.0.0.1"]))
        book.resolved("b.test", addresses(["10.0.0.1"]))
        #expect(book.distribution.peers.count == 2)
        _ = book.mark("a.test:80", isHealthy: false)
        #expect(book.availability == ["a.test:80": false, "b.test:80": false])
    }
}
