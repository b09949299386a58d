// The processes of a node: killed, reloaded, stopped and told to reopen their logs while requests flow.

import Foundation
import Glibc
import Synchronization
import Testing

extension EndToEnd {
    @Suite("Processes")
    struct Processes {
        private static func origin() throws -> Origin {
            try Origin(answering: { _ in Origin.ok() })
        }

        @Test func `a killed worker is replaced and nothing acknowledged is lost`() throws {
            try Node.with(origin: Self.origin()) { node throws in
                let load = Load(port: node.proxyPort)
                defer { load.stop() }
                let writer = ConsumerWriter(node)
                for _ in 0..<3 {
                    // One that dies within a second of its start is replaced with a delay.
                    usleep(1_200_000)
                    let worker = try node.worker
                    let start = Moment.now
                    kill(worker.pid, SIGKILL)
                    let isBack = eventually(within: 5) { (try? node.get("/"))?.status == 200 }
                    let away = Moment.now - start
                    #expect(isBack)
                    #expect(away < 1)
                    Measured.note("killed worker: first answer after \(Int(away * 1000)) ms")
                }
                usleep(200_000)
                load.stop()
                let names = writer.stop()
                #expect(load.failures.count <= 3 * 8, "\(load.failures)")
                #expect(names.count > 10)
                for name in names { #expect(try node.admin("GET", "/consumers/\(name)").status == 200) }
            }
        }

        @Test func `reloads under load fail no request`() throws {
            try Node.with(origin: Self.origin()) { node throws in
                let kept = Load(port: node.proxyPort)
                let new = Load(port: node.proxyPort, connections: 4, .new)
                defer {
                    kept.stop()
                    new.stop()
                }
                let master = node.masterPID
                for _ in 0..<3 {
                    usleep(300_000)
                    let old = node.workers
                    #expect(try node.kong("reload").status == 0)
                    #expect(eventually { !Set(node.workers).subtracting(old).isEmpty })
                }
                usleep(300_000)
                let (keptBefore, newBefore) = (kept.answered, new.answered)
                usleep(200_000)
                #expect(kept.answered > keptBefore && new.answered > newBefore)
                kept.stop()
                new.stop()
                #expect(kept.failures == [])
                #expect(new.failures == [])
                #expect(node.masterPID == master)
                #expect(eventually(within: 4) { node.workers.count == 1 }, "workers of before have ended")
            }
        }

        @Test func `an idle connection outlives a reload or is closed in order`() throws {
            try Node.with(origin: Self.origin()) { node throws in
                let socket = try node.connect()
                #expect(try socket.get("/").status == 200)
                let old = try node.worker
                #expect(try node.kong("reload").status == 0)
                #expect(eventually(within: 5) { !old.isAlive })
                #expect(socket.isClosedByPeer())
                #expect(try node.get("/").status == 200)
            }
        }

        @Test func `a reload lets a slow request end in the old worker`() throws {
            let origin = try Origin { socket, _ in
                while let request = try socket.request() {
                    if request.target == "/slow" { usleep(1_500_000) }
                    try socket.send(Origin.ok())
                }
            }
            try Node.with(origin: origin) { node throws in
                let old = try node.worker
                let socket = try node.connect()
                try socket.send("GET /slow HTTP/1.1\r\nHost: t\r\n\r\n")
                usleep(100_000)
                #expect(try node.kong("reload").status == 0)
                #expect(eventually { node.workers.count == 2 })
                #expect(try node.get("/").status == 200)
                #expect(try socket.answer().status == 200)
                #expect(eventually { !old.isAlive })
            }
        }

        @Test func `requests that cross the last answer of an old worker do not destroy it`() throws {
            let mayAnswer = Counter()
            let origin = try Origin { socket, _ in
                while let request = try socket.request() {
                    if request.target == "/slow" { _ = eventually(within: 20) { mayAnswer.value > 0 } }
                    try socket.send(Origin.ok())
                }
            }
            try Node.with(origin: origin) { node throws in
                let probe = try node.connect()
                let socket = try node.connect()
                try socket.send("GET /slow HTTP/1.1\r\nHost: t\r\n\r\n")
                #expect(try node.kong("reload").status == 0)
                #expect(eventually(within: 10) { try probe.get("/").closes }, "the old worker ends")
                mayAnswer.add(1)
                let head = try socket.answer()
                #expect(head.status == 200)
                #expect(head.closes)
                // What the client sent before it could know is taken, not answered with a reset.
                for _ in 0..<20 {
                    try socket.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
                    usleep(1000)
                }
                #expect(try socket.rest().isEmpty)
            }
        }

        @Test func `quit lets a slow request end`() throws {
            let origin = try Origin(answering: { _ in
                usleep(1_500_000)
                return Origin.ok()
            })
            try Node.with(origin: origin) { node throws in
                let master = try #require(node.masterPID)
                let socket = try node.connect()
                try socket.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
                usleep(100_000)
                let idle = try node.connect()
                let start = Moment.now
                #expect(try node.kong("quit").status == 0)
                let answer = try socket.answer()
                #expect(answer.status == 200)
                #expect(answer.closes)
                #expect(eventually { !ProcessFacts(pid: master).isAlive })
                #expect(Moment.now - start < 4)
                #expect(idle.isClosedByPeer())
                #expect(throws: SocketFault.self) { try node.connect() }
            }
        }

        @Test func `stop ends at once`() throws {
            let origin = try Origin { socket, _ in
                _ = try socket.request()
                _ = try socket.some()
            }
            try Node.with(origin: origin) { node throws in
                let master = try #require(node.masterPID)
                let socket = try node.connect()
                try socket.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
                usleep(100_000)
                let start = Moment.now
                #expect(try node.kong("stop").status == 0)
                #expect(!ProcessFacts(pid: master).isAlive)
                #expect(Moment.now - start < 2)
                #expect(socket.isClosedByPeer())
            }
        }

        @Test func `HUP brings changed settings into force`() throws {
            try Node.with(origin: Self.origin()) { node throws in
                #expect(try node.get("/").fields["via"] != nil)
                let path = node.prefix + "/.kong_env"
                let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
                let kept = lines.filter { !$0.hasPrefix("headers ") && !$0.hasPrefix("client_max_body_size ") }
                let text = kept.joined(separator: "\n") + "\nheaders = off\nclient_max_body_size = 1k\n"
                try Data(text.utf8).write(to: URL(fileURLWithPath: path))
                node.signal(SIGHUP)
                #expect(eventually { try node.get("/").fields["via"] == nil })
                // While both workers accept, the old one may still take a connection and wait for the whole body.
                let head = "POST / HTTP/1.1\r\nHost: t\r\nConnection: close\r\nContent-Length: 2000\r\n\r\n"
                let large = head + String(repeating: "x", count: 2000)
                #expect(eventually { try node.exchange(large).status == 413 })
            }
        }

        @Test func `a reload with a new port serves it and leaves the old one`() throws {
            try Node.with(origin: Self.origin()) { node throws in
                let port = try LocalAddress.freePorts(1)[0]
                let variables = ["KONG_PROXY_LISTEN=127.0.0.1:\(port)", "KONG_NGINX_WORKER_PROCESSES=2"]
                let reload = try Command.run("env", variables + [Node.program, "reload", "-p", node.prefix])
                #expect(reload.status == 0)
                #expect(eventually { (try? Socket.connect(port: port).get("/").status) == 200 })
                #expect(eventually { (try? node.connect()) == nil })
            }
        }

        @Test func `reopening the logs under load loses no line and doubles none`() throws {
            try Node.with(origin: Self.origin()) { node throws in
                let load = Load(port: node.proxyPort)
                defer { load.stop() }
                let log = node.prefix + "/logs/access.log"
                for number in 1...3 {
                    usleep(200_000)
                    rename(log, log + ".\(number)")
                    node.signal(SIGUSR1)
                    #expect(eventually { access(log, F_OK) == 0 })
                }
                usleep(200_000)
                load.stop()
                #expect(load.failures == [])
                let lines = ["access.log", "access.log.1", "access.log.2", "access.log.3"].map { name in
                    { node.log(name).utf8.reduce(0) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 } }
                }
                #expect(eventually { lines.reduce(0) { $0 + $1() } == load.answered })
                for count in lines { #expect(count() > 0) }
                usleep(100_000)
                #expect(lines.reduce(0) { $0 + $1() } == load.answered)
            }
        }

        @Test func `stopping writes every line of the log`() throws {
            try Node.with(origin: Self.origin()) { node throws in
                let load = Load(port: node.proxyPort, connections: 4, .new)
                usleep(300_000)
                load.stop()
                #expect(try node.kong("stop").status == 0)
                #expect(node.log("access.log").split(separator: "\n").count == load.answered)
            }
        }

        @Test func `what the Admin API does comes before no request`() throws {
            try Node.with(origin: Self.origin()) { node throws in
                for number in 0..<20 { try node.admin("PUT", "/consumers/c\(number)") }
                let threads = try node.worker.threads
                #expect(threads.contains { $0.name.hasPrefix("NIO-") && $0.nice == 0 })
                // libdispatch's own, which keeps its timers and does nothing else, may come first.
                #expect(threads.filter { $0.nice < 0 && !$0.name.contains("overcommit") }.isEmpty, "\(threads)")
                #expect(try node.worker.environment.contains("LIBDISPATCH_LOG=NO"))
            }
        }

        @Test func `the allocator of a worker has an arena for each event loop and two for all other threads`() throws {
            try Node.with(["nginx_worker_processes": "3"], launcher: ["env", "-u", "MALLOC_ARENA_MAX"]) { node throws in
                #expect(try node.worker.environment.contains("MALLOC_ARENA_MAX=5"))
            }
            try Node.with(launcher: ["env", "MALLOC_ARENA_MAX=1"]) { node throws in
                #expect(try node.worker.environment.contains("MALLOC_ARENA_MAX=1"))
            }
        }
    }
}
