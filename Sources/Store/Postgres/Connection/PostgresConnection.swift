// One connection, used by one thread at a time. It never waits without a deadline: libpq runs in its non-blocking mode
// and this file polls the socket, so that a server that has gone silent costs a timeout and not a thread.

import CPostgres
import Glibc

/// A session on the server, set up as Kong's own are.
final class PostgresConnection {
    let raw: OpaquePointer
    private let timeout: Duration
    private let silence: Silence?
    /// When what is being done must have ended; every statement that succeeds renews it.
    private var deadline: ContinuousClock.Instant
    /// Statements that are prepared, by their text.
    private var prepared: [String: String] = [:]
    /// Whether a transaction is to begin with the next statement.
    var isToBegin = false
    /// No further use: the connection broke, or stopped in the middle of an answer.
    private(set) var isBroken = false
    /// The schema whose tables are used.
    private(set) var schema = "public"

    /// Connects and sets the session up.
    ///
    /// - Parameters:
    ///   - patience: how long until the server's host must have answered at all; a host that is away is
    ///     noticed sooner than a server that is slow.
    ///   - start: since when somebody waits for it: the time of `timeout` runs from there.
    ///   - silence: is told of every wait for the server.
    init(
        _ settings: PostgresSettings, patience: Duration? = nil, start: ContinuousClock.Instant = .now,
        silence: Silence? = nil
    ) throws(PostgresError) {
        timeout = settings.timeout
        self.silence = silence
        deadline = start + settings.timeout
        guard settings.timeout > .zero else { throw .timeout }
        silence?.begin()
        let raw = ConnectionString(settings).start()
        silence?.end()
        guard let raw else { throw PostgresError(.unreachable, "out of memory") }
        self.raw = raw
        try establish(reachedBy: .now + (patience ?? settings.timeout))
        PQsetNoticeProcessor(raw, { _, _ in }, nil)
        PQsetnonblocking(raw, 1)
        try setUp(settings)
    }

    deinit {
        PQfinish(raw)
    }

    private func establish(reachedBy: ContinuousClock.Instant) throws(PostgresError) {
        var wanted = PGRES_POLLING_WRITING
        while true {
            guard PQstatus(raw) != CONNECTION_BAD else { throw PostgresError(connection: raw) }
            let hasReached = PQstatus(raw) != CONNECTION_STARTED
            let events = wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT
            try wait(for: Int16(events), until: hasReached ? deadline : min(deadline, reachedBy))
            wanted = PQconnectPoll(raw)
            if wanted == PGRES_POLLING_OK { return }
            if wanted == PGRES_POLLING_FAILED { throw PostgresError(connection: raw) }
        }
    }

    /// Kong's triggers compare with UTC in the session's zone, and name tables without their schema.
    private func setUp(_ settings: PostgresSettings) throws(PostgresError) {
        var statements = "SET TIME ZONE 'UTC'; SET DateStyle = 'ISO'; SET bytea_output = 'hex'"
        if let schema = settings.schema {
            statements += "; SET search_path TO \(PostgresText.identifier(schema))"
        }
        let result = try execute(statements + "; SELECT coalesce(current_schema(), 'public')")
        schema = settings.schema ?? result.text(0, 0) ?? schema
    }
}

// MARK: - Statements

extension PostgresConnection {
    /// Runs a statement and waits for its rows. Without values it may be several in one text, of which the last
    /// one's rows are given; with values it is prepared once and found again by its text.
    @discardableResult
    func execute(_ sql: String, _ values: [String?] = []) throws(PostgresError) -> PostgresResult {
        if isToBegin {
            guard values.isEmpty else { return try execute(together: [PostgresStatement(sql: sql, values: values)]) }
            isToBegin = false
            return try execute("BEGIN; \(sql)")
        }
        if values.isEmpty {
            try send { PQsendQuery(raw, sql) }
        } else {
            let name = try prepare(sql, count: values.count)
            try PostgresText.withCStrings(values) { (texts) throws(PostgresError) in
                try send { PQsendQueryPrepared(raw, name, Int32(values.count), texts, nil, nil, 0) }
            }
        }
        return try finish()
    }

    func prepare(_ sql: String, count: Int) throws(PostgresError) -> String {
        if let name = prepared[sql] { return name }
        let name = "s\(prepared.count)"
        try send { PQsendPrepare(raw, name, sql, Int32(count), nil) }
        try finish()
        prepared[sql] = name
        return name
    }

    func send(_ call: () -> Int32) throws(PostgresError) {
        guard call() == 1 else { throw broken() }
        while true {
            let rest = PQflush(raw)
            if rest == 0 { return }
            guard rest == 1 else { throw broken() }
            // The server may be waiting for us to read before it reads on.
            if try wait(for: Int16(POLLIN | POLLOUT), until: deadline) & Int16(POLLIN) != 0 { try consume() }
        }
    }

    /// Reads all results of what was sent; the first error is thrown when the last result is in.
    @discardableResult
    private func finish() throws(PostgresError) -> PostgresResult {
        var last: PostgresResult?
        var failure: PostgresError?
        while let result = try next() {
            switch PQresultStatus(result) {
            case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE:
                if failure == nil { failure = PostgresError(result: result) }
                PQclear(result)
            default: last = PostgresResult(result)
            }
        }
        if PQstatus(raw) == CONNECTION_BAD { isBroken = true }
        if let failure {
            throw isBroken && failure.state.isEmpty ? PostgresError(connection: raw) : failure
        }
        guard let last else { throw broken() }
        deadline = .now + timeout
        return last
    }

    func next() throws(PostgresError) -> OpaquePointer? {
        while PQisBusy(raw) == 1 {
            try wait(for: Int16(POLLIN), until: deadline)
            try consume()
        }
        return PQgetResult(raw)
    }

    private func consume() throws(PostgresError) {
        guard PQconsumeInput(raw) == 1 else { throw broken() }
    }

    func broken() -> PostgresError {
        isBroken = true
        return PostgresError(connection: raw)
    }
}

// MARK: - Waiting

extension PostgresConnection {
    /// Starts the time for the next piece of work.
    func renewDeadline(_ start: ContinuousClock.Instant = .now) {
        deadline = start + timeout
    }

    /// Whether the server has hung up while nothing was asked of it. It says why first: what can be read is read until
    /// there is nothing more, or the end.
    func hasEnded() -> Bool {
        var poller = pollfd(fd: PQsocket(raw), events: Int16(POLLIN), revents: 0)
        while !isBroken, poll(&poller, 1, 0) > 0 {
            if PQconsumeInput(raw) == 0 { isBroken = true }
        }
        return isBroken || PQstatus(raw) == CONNECTION_BAD
    }

    /// Waits for a notification, for a byte from `waker` or until `instant`, and takes in what has come.
    func idle(until instant: ContinuousClock.Instant, waker: Int32) throws(PostgresError) {
        var pollers = [
            pollfd(fd: PQsocket(raw), events: Int16(POLLIN), revents: 0),
            pollfd(fd: waker, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&pollers, 2, Self.milliseconds(until: instant)) > 0 else { return }
        if pollers[0].revents != 0 { try consume() }
    }

    /// The payloads of the notifications that have come in.
    func takeNotifications() -> [String] {
        var payloads: [String] = []
        while let notification = PQnotifies(raw) {
            payloads.append(String(cString: notification.pointee.extra))
            PQfreemem(notification)
        }
        return payloads
    }

    @discardableResult
    private func wait(for events: Int16, until instant: ContinuousClock.Instant) throws(PostgresError) -> Int16 {
        var poller = pollfd(fd: PQsocket(raw), events: events, revents: 0)
        silence?.begin()
        defer { silence?.end() }
        while true {
            let count = poll(&poller, 1, Self.milliseconds(until: instant))
            if count > 0 { return poller.revents }
            if count == 0 || errno != EINTR {
                isBroken = true
                throw .timeout
            }
        }
    }

    private static func milliseconds(until instant: ContinuousClock.Instant) -> Int32 {
        let rest = ContinuousClock.now.duration(to: instant)
        guard rest > .zero else { return 0 }
        let (seconds, attoseconds) = rest.components
        return Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
    }
}
