// Large and slow bodies: they arrive whole, cost little memory, and hold up nobody else.

import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite("Bodies")
    struct Bodies {
        private static let megabyte = 1 << 20
        private static let allowedGrowthMiB = 30

        /// Tells how the body of a request arrived, and sends as many blocks of the pattern as the target says.
        private static func origin() throws -> Origin {
            try Origin { socket, origin in
                var check = PatternCheck()
                while let request = try socket.request(sink: { check.take($0) }) {
                    origin.note(request)
                    guard let blocks = Int(request.target.dropFirst()) else {
                        try socket.send(Origin.ok(check.verdict))
                        check = PatternCheck()
                        continue
                    }
                    try socket.send("HTTP/1.1 200 OK\r\nContent-Length: \(blocks * Pattern.blockBytes)\r\n\r\n")
                    for number in 0..<blocks { try socket.send(Pattern.block(number)) }
                }
            }
        }

        @Test func `an upload of 50 MB with its length arrives whole in little memory`() throws {
            try Node.with(origin: Self.origin()) { node throws in
                let growth = try node.worker.growth {
                    let socket = try node.connect()
                    let blocks = 50 * Self.megabyte / Pattern.blockBytes
                    try socket.send(
                        "POST /up HTTP/1.1\r\nHost: t\r\nContent-Length: \(blocks * Pattern.blockBytes)\r\n\r\n")
                    for number in 0..<blocks { try socket.send(Pattern.block(number)) }
                    #expect(try socket.answer().text == "\(50 * Self.megabyte) bytes intact")
                    #expect(try socket.get("/up").text == "0 bytes intact")
                }
                #expect(growth < Self.allowedGrowthMiB)
            }
        }

        @Test func `a chunked upload of 50 MB arrives whole in little memory`() throws {
            try Node.with(origin: Self.origin()) { node throws in
                let growth = try node.worker.growth {
                    let socket = try node.connect()
                    try socket.send("POST /up HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n")
                    for number in 0..<50 * Self.megabyte / Pattern.blockBytes {
                        let block = Pattern.block(number)
                        try socket.send("10000\r\n")
                        try socket.send(block)
                        try socket.send("\r\n")
                    }
                    try socket.send("0\r\n\r\n")
                    #expect(try socket.answer().text == "\(50 * Self.megabyte) bytes intact")
                    #expect(try socket.get("/up").text == "0 bytes intact")
                }
                #expect(growth < Self.allowedGrowthMiB)
            }
        }

        @Test func `a download of 100 MB arrives whole in little memory`() throws {
            try Node.with(origin: Self.origin()) { node throws in
                let growth = try node.worker.growth {
                    let socket = try node.connect()
                    try socket.send("GET /1600 HTTP/1.1\r\nHost: t\r\n\r\n")
                    var check = PatternCheck()
                    _ = try socket.answer(sink: { check.take($0) })
                    #expect(check.verdict == "\(100 * Self.megabyte) bytes intact")
                    #expect(try socket.get("/up").text == "0 bytes intact")
                }
                #expect(growth < Self.allowedGrowthMiB)
            }
        }

        @Test func `clients that read slowly cost nobody else anything`() throws {
            try Node.with(origin: Self.origin()) { node throws in
                var slow: [Socket] = []
                let growth = try node.worker.growth {
                    for _ in 0..<10 {
                        let socket = try node.connect(receiveBufferBytes: 4096)
                        try socket.send("GET /1600 HTTP/1.1\r\nHost: t\r\n\r\n")
                        slow.append(socket)
                    }
                    for _ in 0..<100 {
                        let start = Moment.now
                        #expect(try node.get("/up").text == "0 bytes intact")
                        #expect(Moment.now - start < 0.5)
                        usleep(5000)
                    }
                }
                #expect(growth < Self.allowedGrowthMiB)
                var check = PatternCheck()
                _ = try slow[0].answer(sink: { check.take($0) })
                #expect(check.verdict == "\(100 * Self.megabyte) bytes intact")
            }
        }

        @Test func `a client that pauses before it reads its last answer still gets it`() throws {
            try Node.with(origin: Self.origin()) { node throws in
                // Of one of these lengths the upstream has sent everything, the system has taken its fill, and the
                // gateway holds the rest.
                let clients = try stride(from: 2, through: 64, by: 1).map { blocks in
                    let socket = try node.connect(receiveBufferBytes: 4096)
                    try socket.send("GET /\(blocks) HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
                    return (blocks, socket)
                }
                usleep(6_500_000)
                for (blocks, socket) in clients {
                    var check = PatternCheck()
                    _ = try? socket.answer(sink: { check.take($0) })
                    #expect(check.verdict == "\(blocks * Pattern.blockBytes) bytes intact")
                }
            }
        }

        @Test(arguments: ["/up", "/nowhere"])
        func `a client that pipelines without reading is read no further`(target: String) throws {
            let origin = try Self.origin()
            defer { origin.stop() }
            try Node.with { node throws in
                try node.route("/up", to: origin.port)
                var sent = 0
                let growth = try node.worker.growth {
                    let socket = try node.connect(receiveBufferBytes: 4096)
                    let request = Array("GET \(target) HTTP/1.1\r\nHost: t\r\n\r\n".utf8)
                    var rest: [UInt8] = []
                    let end = Moment.now + 2
                    while Moment.now < end, sent < 100 * Self.megabyte {
                        if rest.isEmpty { rest = Array((0..<1000).map { _ in request }.joined()) }
                        let count = socket.sendAvailable(rest)
                        rest.removeFirst(count)
                        sent += count
                    }
                }
                #expect(growth < 10, "\(sent >> 20) MiB of requests were taken")
                #expect(try node.get("/up").text == "0 bytes intact")
            }
        }

        @Test func `pipelined requests for more than the client's buffer holds are all answered`() throws {
            try Node.with(origin: Self.origin()) { node throws in
                let socket = try node.connect(receiveBufferBytes: 4096)
                let kinds = ["GET /4 HTTP/1.1\r\nHost: t\r\n\r\n", "GET /up HTTP/1.1\r\nHost: t\r\n\r\n"]
                let upload = "POST /up HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n10000\r\n"
                let round =
                    Array(kinds.joined().utf8) + Array(upload.utf8) + Pattern.block(0) + Array("\r\n0\r\n\r\n".utf8)
                socket.sendAside(Array((0..<40).map { _ in round }.joined()))
                for _ in 0..<40 {
                    var check = PatternCheck()
                    _ = try socket.answer(sink: { check.take($0) })
                    #expect(check.verdict == "\(4 * Pattern.blockBytes) bytes intact")
                    #expect(try socket.answer().text == "0 bytes intact")
                    #expect(try socket.answer().text == "\(Pattern.blockBytes) bytes intact")
                    usleep(2000)
                }
            }
        }

        @Test func `a request that comes byte by byte is answered`() throws {
            try Node.with(origin: Self.origin()) { node throws in
                let socket = try node.connect()
                let text = "POST /up HTTP/1.1\r\nHost: t\r\nContent-Length: 20\r\n\r\n"
                for byte in text.utf8 + Pattern.block(0).prefix(20) {
                    try socket.send([byte])
                    usleep(2000)
                }
                #expect(try socket.answer().text == "20 bytes intact")
                let chunked = "POST /up HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
                for byte in Array(chunked.utf8) + Array("4\r\n".utf8) + Pattern.block(0).prefix(4)
                    + Array("\r\n0\r\n\r\n".utf8)
                {
                    try socket.send([byte])
                    usleep(2000)
                }
                #expect(try socket.answer().text == "4 bytes intact")
            }
        }

        @Test func `an upstream that reads slowly holds the client and not the memory`() throws {
            let origin = try Origin { socket, _ in
                _ = try socket.head()
                usleep(1_500_000)
                var check = PatternCheck()
                while check.byteCount < 20 << 20 { check.take(try socket.some()) }
                try socket.send(Origin.ok(check.verdict))
            }
            try Node.with(origin: origin) { node throws in
                let growth = try node.worker.growth {
                    let socket = try node.connect()
                    try socket.send("PUT /up HTTP/1.1\r\nHost: t\r\nContent-Length: \(20 * Self.megabyte)\r\n\r\n")
                    for number in 0..<320 { try socket.send(Pattern.block(number)) }
                    #expect(try socket.answer().text == "\(20 * Self.megabyte) bytes intact")
                }
                #expect(growth < 15)
            }
        }
    }
}
