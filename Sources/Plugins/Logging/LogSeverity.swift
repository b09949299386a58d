// The severities of syslog (RFC 5424 section 6.2.1), from the lowest.

import Schema

package enum LogSeverity: String, Choice {
    case debug, info, notice, warning, err, crit, alert, emerg
}
