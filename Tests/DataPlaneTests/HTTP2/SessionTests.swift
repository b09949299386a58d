// HTTP/2's session without a network. Tests/HTTP2 asks a whole node for every section of RFC 9113; here is what is hard
// to see from outside: turns, windows, limits, and what happens between two frames.

import DataPlane
import Testing

@Suite struct SessionTests {
    @Test func `a session says first what the client may do`() {
        var client = SessionClient(begun: false)
        let first = client.sent()
        #expect(first.map(\.kind) == [4, 8])
        #expect(first[0].payload.count == 18)
        #expect(first[1].payload == client.number((1 << 20) - 65_535))
        #expect(client.feed(Array(SessionClient.preface.prefix(10))) == [])
        #expect(
            client.feed(Array(SessionClient.preface.dropFirst(10)) + client.frame(4, 0, 0)) == [
                .windowsOpened
            ])
        #expect(client.sent() == [SentFrame(kind: 4, flags: 1, stream: 0, payload: [])])
    }

    @Test func `frames may come byte by byte`() {
        var client = SessionClient()
        let stream = client.headers(1, flags: 4) + client.frame(0, 1, 1, [1, 2, 3])
        let events = stream.flatMap { client.feed([$0]) }
        #expect(events.count == 2)
        #expect(events.first == .request(0, endsStream: false))
        guard case .data(0, let range, endsStream: true)? = events.last else {
            Issue.record("\(events)")
            return
        }
        #expect(range.count == 3)
    }

    @Test func `answers take turns, a frame each`() {
        var client = SessionClient()
        client.session.isBlocked = true
        let slots = [1, 3].map { client.open($0) }
        for slot in slots { #expect(client.write(20_000, on: slot, .end) == false) }
        #expect(client.sent() == [])
        client.session.isBlocked = false
        #expect(
            client.pump() == [
                .wrote(slots[0], hasEnded: false), .wrote(slots[1], hasEnded: false),
                .wrote(slots[0], hasEnded: true), .wrote(slots[1], hasEnded: true),
            ])
        let frames = client.sent()
        #expect(frames.map(\.stream) == [1, 3, 1, 3])
        #expect(frames.map(\.payload.count) == [16_384, 16_384, 3616, 3616])
        #expect(frames.map(\.flags) == [0, 0, 1, 1])
        #expect(client.session.openCount == 0)
    }

    @Test func `a body waits for its stream's window and lets others pass`() {
        var client = SessionClient(settings: [0, 4, 0, 0, 0, 10])
        let (first, second) = (client.open(1), client.open(3))
        #expect(client.write(15, on: first, .end) == false)
        #expect(client.write(10, on: second, .end) == true)
        #expect(client.sent().map(\.payload.count) == [10, 10])
        client.feed(client.frame(8, 0, 1, client.number(3)))
        #expect(client.pump() == [.wrote(first, hasEnded: false)])
        client.feed(client.frame(4, 0, 0, [0, 4, 0, 0, 0, 5]))
        #expect(client.pump() == [])
        client.feed(client.frame(8, 0, 1, client.number(7)))
        #expect(client.pump() == [.wrote(first, hasEnded: true)])
        #expect(client.sent().filter { $0.kind == 0 }.map(\.payload.count) == [3, 2])
    }

    @Test func `the connection's window holds all streams`() {
        var client = SessionClient(settings: [0, 4, 0x7F, 0xFF, 0xFF, 0xFF])
        let (first, second) = (client.open(1), client.open(3))
        #expect(client.write(70_000, on: first, .end) == false)
        #expect(client.write(1, on: second, .end) == false)
        #expect(client.pump() == [])
        #expect(client.sent().map(\.payload.count).reduce(0, +) == 65_535)
        client.feed(client.frame(8, 0, 0, client.number(10_000)))
        #expect(client.pump() == [.wrote(first, hasEnded: true), .wrote(second, hasEnded: true)])
    }

    @Test func `trailers come behind what waits`() {
        var client = SessionClient(settings: [0, 4, 0, 0, 0, 1])
        let slot = client.open(1)
        #expect(client.write(2, on: slot, .trailers) == false)
        client.feed(client.frame(8, 0, 1, client.number(1)))
        #expect(client.pump() == [.trailersDue(slot)])
        #expect(client.write(trailers: [("grpc-status", "0")], on: slot) == true)
        let frames = client.sent()
        #expect(frames.map(\.kind) == [0, 0, 1])
        #expect(frames.last?.flags == 5)
    }

    @Test func `what a stream uses up is granted anew, unless it is held`() {
        var client = SessionClient()
        let slot = client.open(1, flags: 4)
        client.session.hold(slot, true)
        for _ in 0..<4 { client.feed(client.frame(0, 0, 1, Array(repeating: 1, count: 16_384))) }
        #expect(client.sent() == [])
        #expect(client.feed(client.frame(0, 0, 1, [1])) == [.reset(slot)])
        #expect(client.sent().map(\.code) == [3])
        let other = client.open(3, flags: 4)
        for _ in 0..<2 { client.feed(client.frame(0, 0, 3, Array(repeating: 1, count: 16_384))) }
        #expect(
            client.sent() == [SentFrame(kind: 8, flags: 0, stream: 3, payload: client.number(32_768))])
        #expect(client.session.isOpen(other))
    }

    @Test func `bodies of streams that ended are granted to the connection`() {
        var client = SessionClient()
        _ = client.open(1, flags: 4)
        let slot = client.open(3, flags: 4)
        client.session.end(slot, .noError)
        for _ in 0..<200 { client.feed(client.frame(0, 0, 3, Array(repeating: 1, count: 16_384))) }
        let updates = client.sent().filter { $0.kind == 8 }
        #expect(updates.allSatisfy { $0.stream == 0 } && updates.count == 6)
        #expect(client.session.openCount == 1)
    }

    @Test func `streams above the limit are refused, and slots are used again`() {
        var limits = HTTP2Limits()
        limits.concurrentStreams = 2
        var client = SessionClient(limits)
        let (first, second) = (client.open(1), client.open(3))
        #expect(client.open(5) == -1)
        #expect(client.sent() == [SentFrame(kind: 3, flags: 0, stream: 5, payload: client.number(7))])
        #expect(client.write(1, on: second, .end) == true)
        #expect(client.open(7) == second)
        #expect(client.session.isOpen(first))
    }

    @Test func `many streams are found, however they lie`() {
        var limits = HTTP2Limits()
        limits.concurrentStreams = 1000
        limits.resets = .max
        var client = SessionClient(limits)
        var open: [Int: Int] = [:]
        for number in 0..<3000 {
            let stream = 1 + 2 * number
            open[stream] = client.open(stream)
            if number >= 500, let victim = open.keys.sorted().dropFirst(number % 400).first {
                #expect(
                    client.feed(client.frame(3, 0, victim, client.number(8))) == [.reset(open[victim] ?? -1)])
                open[victim] = nil
            }
        }
        #expect(client.session.openCount == open.count)
        for (stream, slot) in open {
            #expect(client.feed(client.frame(3, 0, stream, client.number(8))) == [.reset(slot)])
        }
        #expect(client.session.openCount == 0)
    }

    @Test func `what comes too often ends the connection, and time forgives`() {
        var limits = HTTP2Limits()
        limits.controlFrames = 10
        var client = SessionClient(limits)
        client.session.now = limits.countingMilliseconds
        for _ in 0..<10 {
            #expect(client.feed(client.frame(6, 0, 0, Array(repeating: 1, count: 8))) == [])
        }
        client.session.now += limits.countingMilliseconds
        for _ in 0..<10 {
            #expect(client.feed(client.frame(6, 0, 0, Array(repeating: 1, count: 8))) == [])
        }
        #expect(client.feed(client.frame(6, 0, 0, Array(repeating: 1, count: 8))) == [.failed])
        #expect(client.sent().last?.code == 11)
        #expect(client.session.isOver)
    }

    @Test func `replies that nobody reads end the connection, at any pace`() {
        var limits = HTTP2Limits()
        limits.waitingControlFrames = 20
        var client = SessionClient(limits)
        client.session.isBlocked = true
        var events: [HTTP2Session.Event] = []
        for _ in 0..<21 {
            client.session.now += limits.countingMilliseconds
            events += client.feed(client.frame(6, 0, 0, Array(repeating: 1, count: 8)))
        }
        #expect(events == [.failed])
    }

    @Test func `the end comes in two steps, and what was sent before the second is served`() {
        var client = SessionClient()
        client.session.announceEnd()
        let announced = client.sent()
        #expect(announced.map(\.kind) == [7, 6])
        #expect(announced[0].payload == client.number(0x7FFF_FFFF) + client.number(0))
        #expect(client.open(1) == 0)
        #expect(client.feed(client.frame(6, 1, 0, announced[1].payload)) == [.endingConfirmed])
        client.session.nameLastStream()
        #expect(client.sent().last?.payload == client.number(1) + client.number(0))
        #expect(client.feed(client.headers(3, flags: 4)) == [])
        #expect(client.feed(client.frame(0, 1, 3, [1]) + client.frame(3, 0, 3, client.number(8))) == [])
        #expect(client.session.openCount == 1)
    }

    @Test func `a block that exceeds a frame goes on in others`() {
        var client = SessionClient()
        let slot = client.open(1)
        let trailers = (0..<10).map { ("x-\($0)", String(repeating: "!", count: 4000)) }
        #expect(client.write(trailers: trailers, on: slot) == true)
        let frames = client.sent()
        #expect(frames.map(\.kind) == [1, 9, 9])
        #expect(frames.map(\.flags) == [1, 0, 4])
        #expect(frames.allSatisfy { $0.payload.count <= 16_384 })
    }
}
