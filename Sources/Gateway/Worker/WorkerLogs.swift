// The log files of a worker.

import DataPlane
import Glibc

struct WorkerLogs {
    let writer: LogWriter
    let access: LogFile
    let adminAccess: LogFile
    let error: DataPlane.ErrorLog

    init(_ settings: Settings) throws(LogFailure) {
        writer = try LogWriter(prefix: settings.prefix)
        access = try writer.open(settings.proxyAccessLog ?? "off")
        adminAccess = try writer.open(settings.adminAccessLog ?? "off")
        let level = DataPlane.LogLevel(rawValue: settings.logLevel.rawValue) ?? .notice
        error = DataPlane.ErrorLog(
            writer: writer, file: try writer.open(settings.proxyErrorLog ?? "off"), level: level)
    }
}
