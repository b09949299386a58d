// A blocking TCP socket for both ends of the gateway: the tests' clients and the tests' upstreams. Every operation has
// a time limit, so that a test that waits for something that never comes fails instead of hanging.

import Foundation
import Glibc

/// Why an operation on a socket failed.
struct SocketFault: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }

    /// What the system said last.
    static func system(_ operation: String) -> SocketFault {
        SocketFault("\(operation): \(String(cString: strerror(errno)))")
    }
}

final class Socket {
    let descriptor: Int32
    /// What was received and not yet taken.
    private var received: [UInt8] = []
    private var taken = 0
    private var isClosed = false

    init(descriptor: Int32) {
        self.descriptor = descriptor
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        setTimeout(seconds: 8)
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
    }

    deinit { close() }

    /// Connects to a port of this machine. A small receive buffer makes a client that is slow from the first byte.
    static func connect(port: Int, receiveBufferBytes: Int32? = nil) throws -> Socket {
        let address = try LocalAddress(port: port)
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SocketFault.system("socket") }
        let made = Socket(descriptor: descriptor)
        if var bytes = receiveBufferBytes { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, 4) }
        guard Glibc.connect(descriptor, address.pointer, address.count) == 0 else {
            throw SocketFault.system("connect")
        }
        return made
    }

    /// The longest time that one read or write may take.
    func setTimeout(seconds: Double) {
        var limit = timeval(tv_sec: Int(seconds), tv_usec: Int(seconds.truncatingRemainder(dividingBy: 1) * 1e6))
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    // MARK: - Sending

    func send(_ text: String) throws {
        try send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.send(descriptor, rest, rest.count, Int32(MSG_NOSIGNAL))
            guard count > 0 else { throw SocketFault.system("send") }
            rest.removeFirst(count)
        }
    }

    /// Sends on a thread of its own, while this one reads. Nothing tells when it fails.
    func sendAside(_ bytes: [UInt8]) {
        Thread.detachNewThread { [descriptor] in
            var start = 0
            while start < bytes.count {
                let part = Array(bytes[start..<min(start + Pattern.blockBytes, bytes.count)])
                let count = Glibc.send(descriptor, part, part.count, Int32(MSG_NOSIGNAL))
                guard count > 0 else { return }
                start += count
            }
        }
    }

    /// Sends what fits now and tells how much that was.
    func sendAvailable(_ bytes: [UInt8]) -> Int {
        max(Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT)), 0)
    }

    // MARK: - Receiving

    /// At least one byte and at most `limit`; empty at the end of the stream.
    func some(limit: Int = 64 << 10) throws -> [UInt8] {
        if taken == received.count { try fill() }
        let end = min(taken + limit, received.count)
        defer { taken = end }
        return Array(received[taken..<end])
    }

    /// A line without its end.
    func line() throws -> String {
        var line: [UInt8] = []
        while true {
            if taken == received.count, try fill() == 0 { throw SocketFault("end of stream within a line") }
            if let end = received[taken...].firstIndex(of: UInt8(ascii: "\n")) {
                line += received[taken..<end]
                taken = end + 1
                if line.last == UInt8(ascii: "\r") { line.removeLast() }
                return String(decoding: line, as: UTF8.self)
            }
            line += received[taken...]
            taken = received.count
        }
    }

    /// Everything up to the end of the stream.
    func rest() throws -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let part = try some()
            if part.isEmpty { return all }
            all += part
        }
    }

    /// Whether the peer closed the connection, without a byte more, within that time.
    func isClosedByPeer(within seconds: Double = 3) -> Bool {
        setTimeout(seconds: seconds)
        defer { setTimeout(seconds: 8) }
        if taken < received.count { return false }
        var byte: UInt8 = 0
        let count = recv(descriptor, &byte, 1, 0)
        return count == 0 || (count < 0 && errno == ECONNRESET)
    }

    @discardableResult
    private func fill() throws -> Int {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        guard count >= 0 else { throw SocketFault.system("receive") }
        chunk.removeLast(chunk.count - count)
        received = chunk
        taken = 0
        return count
    }

    // MARK: - Ending

    func endWriting() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Closes with a reset instead of an orderly end.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        Glibc.close(descriptor)
    }
}
