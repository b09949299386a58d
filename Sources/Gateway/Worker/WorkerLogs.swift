// The log files of a worker.

import DataPlane
import Glibc

struct WorkerLogs {
    let writer: LogWriter
    let access: LogFile
    let adminAccess: LogFile
    let error: DataPlane.ErrorLog
    let injected: InjectedLogs

    init(_ settings: Settings) throws(LogFailure) {
        writer = try LogWriter(prefix: settings.prefix)
        access = try writer.open(settings.proxyAccessLog ?? "off")
        adminAccess = try writer.open(settings.adminAccessLog ?? "off")
        injected = InjectedLogs(
            proxy: try Self.open(.proxy, settings, writer), admin: try Self.open(.admin, settings, writer))
        let level = DataPlane.LogLevel(rawValue: settings.logLevel.rawValue) ?? .notice
        error = DataPlane.ErrorLog(
            writer: writer, file: try writer.open(settings.proxyErrorLog ?? "off"), level: level)
    }

    /// The logs of a server besides that of its property.
    private static func open(
        _ block: Directive.Block, _ settings: Settings, _ writer: LogWriter
    ) throws(LogFailure) -> InjectedLogs.Server {
        var server = InjectedLogs.Server()
        for log in (try? settings.injectedLogs(block)) ?? [] {
            if log.isOff { server.isOff = true }
            guard log.isFile else { continue }
            let file = try writer.open(settings.paths.resolve(log.path))
            server.logs.append(.init(file: file, format: log.format, condition: log.condition))
        }
        return server
    }
}
