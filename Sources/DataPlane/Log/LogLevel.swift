// nginx's log levels, as the log_level setting names them.

/// How grave a line of the error log is; `debug` is the least.
package enum LogLevel: String, Sendable, Comparable, CaseIterable {
    case debug, info, notice, warn, error, crit, alert, emerg

    package static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.rank < right.rank
    }

    private var rank: Int {
        switch self {
        case .debug: 0
        case .info: 1
        case .notice: 2
        case .warn: 3
        case .error: 4
        case .crit: 5
        case .alert: 6
        case .emerg: 7
        }
    }
}
