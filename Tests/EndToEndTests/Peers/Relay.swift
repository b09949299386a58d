// A TCP relay in front of a server, with a cable that can be pulled: then nothing passes and nobody is told, as when
// a network is cut.

import Foundation
import Glibc
import Synchronization

final class Relay: Sendable {
    private struct State {
        var isCut = false
        var open: Set<Int32> = []
    }

    let port: Int
    private let target: Int
    private let listener: Int32
    private let state = Mutex(State())

    init(to target: Int) throws {
        (listener, port) = try LocalAddress.listen()
        self.target = target
        Thread.detachNewThread { [self] in accept() }
    }

    /// From now on bytes are kept back, on connections that are there and on new ones.
    func cut() {
        state.withLock { $0.isCut = true }
    }

    /// Lets everything pass again, what was kept back as well.
    func mend() {
        state.withLock { $0.isCut = false }
    }

    func stop() {
        state.withLock { state in
            shutdown(listener, Int32(SHUT_RDWR))
            for descriptor in state.open { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }

    private var isCut: Bool { state.withLock { $0.isCut } }

    private func accept() {
        while case let client = Glibc.accept(listener, nil, nil), client >= 0 {
            let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            guard let address = try? LocalAddress(port: target), server >= 0,
                connect(server, address.pointer, address.count) == 0
            else {
                close(client)
                close(server)
                continue
            }
            state.withLock { $0.open.formUnion([client, server]) }
            let done = DispatchSemaphore(value: 0)
            Thread.detachNewThread { [self] in pass(from: client, to: server, done) }
            Thread.detachNewThread { [self] in pass(from: server, to: client, done) }
            Thread.detachNewThread { [self] in
                done.wait()
                done.wait()
                state.withLock { $0.open.subtract([client, server]) }
                close(client)
                close(server)
            }
        }
        close(listener)
    }

    private func pass(from source: Int32, to target: Int32, _ done: DispatchSemaphore) {
        defer { done.signal() }
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            var poller = pollfd(fd: source, events: Int16(POLLIN), revents: 0)
            guard poll(&poller, 1, 20) > 0 else {
                if poller.revents & Int16(POLLNVAL) != 0 { break }
                continue
            }
            if isCut {
                usleep(5000)
                continue
            }
            let count = recv(source, &bytes, bytes.count, 0)
            guard count > 0, send(target, bytes, count, Int32(MSG_NOSIGNAL)) == count else { break }
        }
        shutdown(source, Int32(SHUT_RDWR))
        shutdown(target, Int32(SHUT_RDWR))
    }
}
