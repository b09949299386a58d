// Which severity an entry has for a syslog, and whether it is worth a message.

/// The severities of three kinds of answers, and the least that counts.
struct SeverityRule: Sendable {
    let least: LogSeverity
    let successful: LogSeverity
    let clientErrors: LogSeverity
    let serverErrors: LogSeverity

    /// RFC 5424's number; nil for what is left out.
    func severity(ofStatus status: Int) -> Int? {
        let severity = status >= 500 ? serverErrors : status >= 400 ? clientErrors : successful
        return severity.number <= least.number ? severity.number : nil
    }
}
