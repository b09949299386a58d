// The c-ares library for one name server: sockets, message ids, TCP after a truncated answer. It asks each question
// once; who is asked next after a timeout is decided by the resolver's thread, as Kong's client does, and not by
// c-ares, which would double its timeout at each try.
//
// C interface: the callback gets a reference to the question back as an untyped pointer.

import CAres
import Glibc

/// How one attempt to ask one server ended.
enum AresReply {
    case message([UInt8])
    /// The server did not answer in time, or could not be reached.
    case noAnswer(String)
    /// The question itself cannot be asked.
    case refused(String)
}

/// Used on the resolver's thread only.
final class AresChannel {
    let server: DNSServer
    private let channel: ares_channel

    /// Nil when the library cannot be set up.
    init?(server: DNSServer, timeoutMilliseconds: Int) {
        var options = ares_options()
        // Name servers' errors are answers here, and names are asked for as they are.
        options.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_NOCHECKRESP
        options.timeout = Int32(clamping: timeoutMilliseconds)
        options.tries = 1
        var made: ares_channel?
        let mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES
        guard ares_init_options(&made, &options, mask) == ARES_SUCCESS, let made else { return nil }
        guard ares_set_servers_ports_csv(made, server.description) == ARES_SUCCESS else {
            ares_destroy(made)
            return nil
        }
        channel = made
        self.server = server
    }

    deinit {
        ares_destroy(channel)
    }

    /// Asks; `done` is called later from `process`, or at once when the question cannot be sent.
    func ask(_ question: DNSQuestion, done: @escaping (AresReply) -> Void) {
        let pending = Unmanaged.passRetained(AresQuestion(done: done))
        ares_query(channel, question.name, 1, Int32(question.type.rawValue), aresAnswered, pending.toOpaque())
    }

    /// Ends all open questions; each is answered with `refused` before this returns.
    func cancel() {
        ares_cancel(channel)
    }

    /// The descriptors to wait for now.
    func descriptors() -> [pollfd] {
        var sockets = [ares_socket_t](repeating: -1, count: Int(ARES_GETSOCK_MAXNUM))
        let bits = UInt32(bitPattern: ares_getsock(channel, &sockets, ARES_GETSOCK_MAXNUM))
        return sockets.indices.compactMap { index in
            let reading = bits & 1 << UInt32(index) != 0
            let writing = bits & 1 << UInt32(index + sockets.count) != 0
            if !reading, !writing { return nil }
            let events = (reading ? POLLIN : 0) | (writing ? POLLOUT : 0)
            return pollfd(fd: sockets[index], events: Int16(events), revents: 0)
        }
    }

    /// Milliseconds until a question times out; nil when none is open.
    func nextTimeout() -> Int32? {
        var time = timeval()
        guard ares_timeout(channel, nil, &time) != nil else { return nil }
        // Rounded up: waking a moment early would only mean another turn.
        return Int32(clamping: time.tv_sec * 1000 + (Int(time.tv_usec) + 999) / 1000)
    }

    /// Deals with a descriptor's event; without one, with timeouts.
    func process(_ entry: pollfd? = nil) {
        let events = Int32(entry?.revents ?? 0)
        let failed = events & (POLLERR | POLLHUP) != 0
        let descriptor = entry?.fd ?? ARES_SOCKET_BAD
        ares_process_fd(
            channel, events & POLLIN != 0 || failed ? descriptor : ARES_SOCKET_BAD,
            events & POLLOUT != 0 ? descriptor : ARES_SOCKET_BAD)
    }
}

/// Keeps the closure while c-ares holds the question.
private final class AresQuestion {
    let done: (AresReply) -> Void

    init(done: @escaping (AresReply) -> Void) {
        self.done = done
    }
}

private func aresAnswered(
    _ argument: UnsafeMutableRawPointer?, _ status: Int32, _ timeouts: Int32,
    _ bytes: UnsafeMutablePointer<UInt8>?, _ count: Int32
) {
    guard let argument else { return }
    let question = Unmanaged<AresQuestion>.fromOpaque(argument).takeRetainedValue()
    if let bytes, count > 0 {
        question.done(.message(Array(UnsafeBufferPointer(start: bytes, count: Int(count)))))
        return
    }
    let reason = status == ARES_ETIMEOUT ? "timeout" : String(cString: ares_strerror(status))
    let isUnaskable = [ARES_EBADNAME, ARES_EBADQUERY, ARES_ECANCELLED].contains(status)
    question.done(isUnaskable ? .refused(reason) : .noAnswer(reason))
}
