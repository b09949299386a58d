// One event loop's lines for one log on their way to the writer thread. Appending takes no lock and, once the
// blocks are made, no allocation; the writer is met once per 64 KiB or 10 ms, and at once after a pause.

import NIOCore

/// The lines of one event loop for one log. To be used on that loop only.
package final class LogBuffer {
    /// Whether lines go nowhere; callers may skip gathering the fields then.
    package var isOff: Bool { chunk.file.isOff }

    private static let holdTime = TimeAmount.milliseconds(10)

    private var chunk: LogChunk
    private let writer: LogWriter
    private let eventLoop: any EventLoop
    private let clock: LogClock
    private var timerIsSet = false
    /// What a line says, where that is not nginx's usual format.
    let format: LogFormat?
    /// Requests are left out for which this is empty or 0.
    let condition: LogFormat?
    private var spare = LogLine()

    package init(
        file: LogFile, writer: LogWriter, eventLoop: any EventLoop, clock: LogClock, format: LogFormat? = nil,
        condition: LogFormat? = nil
    ) {
        self.format = format
        self.condition = condition
        chunk = LogChunk(file: file, blockBytes: file.isOff ? 0 : LogChunk.blockBytes)
        self.writer = writer
        self.eventLoop = eventLoop
        self.clock = clock
    }

    /// Hands what there is to the writer now: for the end of the loop; otherwise size and time see to it.
    package func flush() {
        if chunk.isEmpty { return }
        writer.hand(over: &chunk)
    }

    /// Appends one line.
    ///
    /// - Parameter maximumBytes: the most that `build` appends, without the line's end.
    func line(maximumBytes: Int, _ build: (inout LogChunk, _ time: [UInt8]) -> Void) {
        chunk.reserve(maximumBytes + 1)
        build(&chunk, clock.accessTime)
        chunk.endLine()
        if chunk.used >= LogChunk.handOverBytes {
            writer.hand(over: &chunk)
        } else if !timerIsSet {
            // A line after a pause is written at once, as who watches the log expects; those that follow it closely
            // are written together.
            writer.hand(over: &chunk)
            setTimer()
        }
    }

    /// An empty line to fill, and the memory of the one before.
    func takeLine() -> LogLine {
        defer { spare = LogLine() }
        return spare
    }

    /// Appends a line that was filled.
    func append(_ line: LogLine) {
        self.line(maximumBytes: line.bytes.count) { out, _ in out.append(line.bytes.span) }
        spare = line
    }

    /// nginx's $time_local and $time_iso8601.
    var localTime: [UInt8] { clock.accessTime }
    var isoTime: [UInt8] { clock.isoTime }

    /// A timer runs only while lines wait, so that an idle node sleeps.
    private func setTimer() {
        let timer = FlushTimer(buffer: NIOLoopBound(self, eventLoop: eventLoop))
        timerIsSet = (try? eventLoop.scheduleCallback(in: LogBuffer.holdTime, handler: timer)) != nil
        // A loop that is shutting down takes no timers any more: then there is nothing to gain by waiting.
        if !timerIsSet { flush() }
    }

    fileprivate func timerFired() {
        timerIsSet = false
        if chunk.isEmpty { return }
        flush()
        setTimer()
    }
}

private struct FlushTimer: NIOScheduledCallbackHandler, Sendable {
    let buffer: NIOLoopBound<LogBuffer>

    func handleScheduledCallback(eventLoop: some EventLoop) {
        buffer.value.timerFired()
    }

    func didCancelScheduledCallback(eventLoop: some EventLoop) {
        buffer.value.flush()
    }
}
