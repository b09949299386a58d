// The functions' own texts, the log, time and the node.

import PluginKit
import Schema

extension FunctionHost {
    static let general: [(name: String, body: Native)] = [
        (
            "source",
            { host, _, arguments, reply in
                let chunks = host.set?.chunks ?? []
                let place = arguments.integer(0) ?? 0
                reply.add(orNil: chunks.indices.contains(place) ? chunks[place] : nil)
            }
        ),
        ("is_alive", { host, _, arguments, reply in reply.add(host.isAlive(arguments.integer(0) ?? 0)) }),
        ("request", { host, x, _, reply in reply.add(host.number(of: x)) }),
        (
            "ended_requests",
            { host, _, _, reply in
                reply.beginTable()
                for number in host.takeEnded() {
                    reply.add(number)
                    reply.append()
                }
            }
        ),
        ("fail", { host, _, arguments, _ in host.outcome = .failed(arguments.text(0)) }),
        ("log_level", { host, _, _, reply in reply.add(host.surroundings?.logLevel ?? 0) }),
        (
            "log",
            { host, _, arguments, _ in
                host.surroundings?.log(arguments.integer(0) ?? 4, arguments.text(1))
            }
        ),
        ("plugin", { host, _, _, reply in reply.add(host.set?.plugin ?? "") }),
        (
            "now",
            { host, x, _, reply in reply.add(Double(host.surroundings?.nowMilliseconds ?? x.nowMilliseconds) / 1000) }
        ),
        ("start_time", { _, x, _, reply in reply.add(Double(x.startedAtMilliseconds) / 1000) }),
        ("uuid", { _, _, _, reply in reply.add(UUIDText.random()) }),
        ("random", { _, _, _, reply in reply.add(Double(UInt32.random(in: .min ... .max))) }),
        ("node_id", { host, _, _, reply in reply.add(orNil: host.set?.node.workerID) }),
        ("pid", { host, _, _, reply in reply.add(Int(host.set?.node.processID ?? 0)) }),
        ("worker", { _, x, _, reply in reply.add(x.loopNumber) }),
        ("workers", { host, _, _, reply in reply.add(host.surroundings?.loopCount ?? 1) }),
        (
            "is_trusted",
            { host, _, arguments, reply in
                reply.add(host.surroundings?.isTrusted(arguments.bytes(0) ?? []) ?? false)
            }
        ),
    ]
}
