// The severities of syslog (RFC 5424 section 6.2.1), from the lowest.

import Schema

package enum LogSeverity: String, Choice {
    case debug, info, notice, warning, err, crit, alert, emerg

    /// RFC 5424's number: 0 for the highest.
    var number: Int {
        switch self {
        case .emerg: 0
        case .alert: 1
        case .crit: 2
        case .err: 3
        case .warning: 4
        case .notice: 5
        case .info: 6
        case .debug: 7
        }
    }
}
