// Regular expressions.

import PluginKit

extension FunctionHost {
    static let patterns: [(name: String, body: Native)] = [
        (
            "search",
            { host, _, arguments, reply in
                let subject = arguments.bytes(0) ?? []
                let start = max(0, (arguments.integer(3) ?? 1) - 1)
                switch host.regexes.find(arguments.bytes(1) ?? [], options: arguments.text(2)) {
                case .failure(let fault):
                    reply.addNil()
                    reply.add(fault.text)
                case .success(let regex):
                    guard start <= subject.count else { return reply.addNil() }
                    switch regex.search(subject, from: start) {
                    case .none: reply.addNil()
                    case .fault(let text):
                        reply.addNil()
                        reply.add(text)
                    case .found(let places):
                        reply.beginTable()
                        for place in places {
                            reply.add(place)
                            reply.append()
                        }
                    }
                }
            }
        ),
        (
            "group_names",
            { host, _, arguments, reply in
                reply.beginTable()
                guard case .success(let regex) = host.regexes.find(arguments.bytes(0) ?? [], options: arguments.text(1))
                else { return }
                for (name, group) in regex.names {
                    reply.add(name)
                    reply.add(group)
                    reply.set()
                }
            }
        ),
    ]
}
