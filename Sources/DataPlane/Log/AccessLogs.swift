// The access logs of one server on one event loop: that of kong.conf, and those that injected directives open beside
// it. All of them get a line for every request that they ask for.

/// Access logs besides those of kong.conf.
package struct InjectedLogs: Sendable {
    package struct Log: Sendable {
        package let file: LogFile
        package let format: LogFormat?
        /// Requests are left out for which this is empty or 0.
        package let condition: LogFormat?

        package init(file: LogFile, format: LogFormat?, condition: LogFormat?) {
            self.file = file
            self.format = format
            self.condition = condition
        }
    }

    package struct Server: Sendable {
        package var logs: [Log] = []
        /// Whether all logs of the server are closed, that of kong.conf too.
        package var isOff = false

        package init() {}
    }

    let proxy: Server
    let admin: Server

    package init(proxy: Server = Server(), admin: Server = Server()) {
        self.proxy = proxy
        self.admin = admin
    }
}

final class AccessLogs {
    /// That of kong.conf.
    let first: LogBuffer
    let others: [LogBuffer]
    /// What their lines tell, and is only noted for that.
    let wants: LogWants

    /// - Parameter open: makes the buffer of a log.
    init(_ own: LogBuffer, _ injected: InjectedLogs.Server, open: (InjectedLogs.Log) -> LogBuffer) {
        if injected.isOff {
            first = open(InjectedLogs.Log(file: .off, format: nil, condition: nil))
            others = []
        } else {
            first = own
            others = injected.logs.map(open)
        }
        wants = ([first] + others).reduce(into: []) { wants, log in
            wants.formUnion(log.format?.wants ?? [])
            wants.formUnion(log.condition?.wants ?? [])
        }
    }
}
