// What the processes of a node hand to each other, and the sockets they share.

import Gateway
import Glibc
import Testing

@Suite("Processes")
struct ProcessTests {
    @Test func `a worker's launch survives its environment variable`() throws {
        let address = try #require(ListenAddress("[::1]:8443 ssl http2", allowed: ListenAddress.Flag.allCases))
        let launch = WorkerLaunch(
            prefix: "/a b|c;d", nodeID: "id",
            listeners: [
                .init(kind: .proxy, address: address, fds: [5, 6]),
                .init(kind: .stream, address: ListenAddress(ip: "*", port: 1), fds: [7]),
            ], readyFD: 8, settingsFD: 9)
        #expect(WorkerLaunch(encoded: launch.encoded) == launch)
        #expect(launch.descriptors == [5, 6, 7, 8, 9])
        for bad in ["", "1|2|id|proxy x 127.0.0.1:1|/p", "1|2|id|mail 3 127.0.0.1:1|/p"] {
            #expect(WorkerLaunch(encoded: bad) == nil)
        }
    }

    @Test func `a node without listeners can be launched`() {
        let launch = WorkerLaunch(prefix: "/p", nodeID: "id", listeners: [], readyFD: 3, settingsFD: 4)
        #expect(WorkerLaunch(encoded: launch.encoded) == launch)
    }

    @Test func `a start is reported once it is known`() {
        #expect(StartReport(Array("read".utf8), isWhole: false) == nil)
        #expect(StartReport(Array("ready\n".utf8), isWhole: false) == .ready)
        #expect(StartReport(Array("error: a\nb\n".utf8), isWhole: false) == nil)
        #expect(StartReport(Array("error: a\nb\n".utf8), isWhole: true) == .failed("a\nb"))
        #expect(StartReport([], isWhole: true) == nil)
    }

    @Test func `the role of a process is told by its first argument`() {
        guard case .command(["start", "-v"]) = ProcessRole(arguments: ["kong", "start", "-v"], environment: [:]) else {
            Issue.record("not a command")
            return
        }
        guard case .command = ProcessRole(arguments: ["kong", "__worker"], environment: [:]) else {
            Issue.record("a worker without a launch")
            return
        }
    }

    @Test func `an end is told by its code or signal`() {
        #expect(ProcessEnd(status: 0) == .exit(0))
        #expect(ProcessEnd(status: 256) == .exit(1))
        #expect(ProcessEnd(status: 9) == .signal(9))
        #expect(ProcessEnd(status: 139) == .signal(11), "with a core dump")
    }

    @Test func `all sockets of port 0 share the port that the system chose`() throws {
        var sockets = ListenSockets()
        let listener = ListenAddress(ip: "127.0.0.1", port: 0)
        try sockets.open([listener], count: 3)
        defer { sockets.closeAll() }
        #expect(sockets.descriptors(listener).count == 3)
        #expect(Set(sockets.descriptors(listener).map(port)).count == 1)
        let first = sockets.descriptors(listener)
        try sockets.open([listener], count: 2)
        #expect(sockets.descriptors(listener) == first, "fewer loops close no socket")
    }

    @Test func `a port in use is told and what was opened before is closed`() throws {
        var other = ListenSockets()
        let any = ListenAddress(ip: "127.0.0.1", port: 0)
        try other.open([any], count: 1)
        defer { other.closeAll() }
        let taken = ListenAddress(ip: "127.0.0.1", port: try #require(other.descriptors(any).first.map(port)))
        var sockets = ListenSockets()
        #expect {
            try sockets.open([any, taken], count: 2)
        } throws: {
            ($0 as? ListenSockets.Fault)?.text
                == "bind() to 127.0.0.1:\(taken.port) failed (98: Address already in use)"
        }
        #expect(sockets.descriptors(any).isEmpty)
    }

    private func port(_ descriptor: Int32) -> UInt16 {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        return UInt16(bigEndian: address.sin_port)
    }
}
