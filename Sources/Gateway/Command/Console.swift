// Where a command's lines go and in which form: Kong's levels, streams and time stamps.

import Glibc

/// The output of a command. At its usual level, lines of information are plain texts; with --v or --vv all lines carry
/// the time and their level. Warnings and errors always do, and go to the standard error.
package final class Console {
    /// Takes finished lines. Tests put their own in place of the standard streams.
    package typealias Sink = (_ text: String, _ isError: Bool) -> Void

    /// The least important level that is shown.
    package var threshold = OutputLevel.info
    /// Kong's `restart` says nothing more once its quiet stop has failed; scripts compare what it prints.
    package var isSilent = false
    private let sink: Sink
    private let clock: () -> time_t

    package init(
        sink: @escaping Sink = Console.writeToStreams, clock: @escaping () -> time_t = { time(nil) }
    ) {
        self.sink = sink
        self.clock = clock
    }

    package static func writeToStreams(_ text: String, isError: Bool) {
        TextFile.writeAll(isError ? STDERR_FILENO : STDOUT_FILENO, Array(text.utf8))
    }

    package var isTalkative: Bool { threshold < .info }

    package func log(_ level: OutputLevel, _ text: String) {
        guard level >= threshold, !isSilent else { return }
        let isPlain = level == .info && !isTalkative
        let line = isPlain ? text : "\(Self.timestamp(clock())) [\(level.rawValue)] \(text)"
        sink(line + "\n", level >= .warn)
    }

    package func info(_ text: String) { log(.info, text) }
    package func verbose(_ text: String) { log(.verbose, text) }

    /// A text that is a command's result rather than a report: without a level, on the standard output.
    package func print(_ text: String) { sink(text + "\n", false) }

    /// The last words of a command that failed, which silence does not hold back.
    package func fail(_ message: String) {
        let text =
            isTalkative
            ? "Error: \n\(message)\n"
            : "Error: \(message)\n\n  Run with --v (verbose) or --vv (debug) for more details\n"
        sink(text, true)
    }

    /// A text on the standard error without a level, such as a usage.
    package func complain(_ text: String) { sink(text, true) }

    /// "YYYY/MM/DD HH:MM:SS" in local time.
    package static func timestamp(_ seconds: time_t) -> String {
        var seconds = seconds
        var parts = tm()
        localtime_r(&seconds, &parts)
        func two(_ number: Int32) -> String { (number < 10 ? "0" : "") + String(number) }
        return "\(parts.tm_year + 1900)/\(two(parts.tm_mon + 1))/\(two(parts.tm_mday)) "
            + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
    }
}
