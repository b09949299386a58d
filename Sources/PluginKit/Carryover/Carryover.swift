// What a worker process knows that must outlive it: the figures it has counted, the counters of local limits and the
// targets that are out. At a reload the next worker goes on from there, as Kong's workers do, whose counters lie in
// nginx's shared memory.
//
// A worker writes down what it counted itself and what it took over from workers that had ended before it began. Of
// those that were still ending then, everybody reads their own carryover: so each request is counted once, whichever of
// them ends first.

/// The carryover of one worker.
package struct Carryover: Sendable {
    /// How counters are named, so that the next worker finds them under the same names.
    package var seeds: CounterSeeds?
    package var services: [[UInt8]: ServiceFigures] = [:]
    package var routes = SubjectCounts()
    package var consumers = SubjectCounts()
    package var windows: [CounterKey: WindowCount] = [:]
    /// Other figures that only grow, by name.
    package var totals: [String: UInt64] = [:]
    /// Figures of this moment, by name; they end with the worker.
    package var gauges: [String: UInt64] = [:]
    /// Targets that are out, one line each.
    package var outOfService: [String] = []

    package init() {}

    /// Adds another worker's figures, in place of which the sum is to be written down.
    package mutating func add(_ other: Carryover) {
        seeds = other.seeds ?? seeds
        services.merge(other.services) { $0.adding($1) }
        routes = routes.adding(other.routes)
        consumers = consumers.adding(other.consumers)
        windows.merge(other.windows) { $0.adding($1) }
        totals.merge(other.totals) { $0 &+ $1 }
    }
}

// MARK: - As bytes

extension Carryover {
    /// Sections with a number and a length each. A worker of another version skips those that it does not know, which
    /// is why a section never changes: what is to look different gets a new number.
    private enum Section: UInt64 {
        case seeds = 1
        case services, routes, consumers, windows, totals, gauges, outOfService
    }

    private static let magic = Array("gibbon carryover\n".utf8)

    package var bytes: [UInt8] {
        var writer = CarryoverWriter()
        for byte in Self.magic { writer.append(byte) }
        if let seeds { writer.section(Section.seeds.rawValue) { seeds.write(to: &$0) } }
        writer.section(Section.services.rawValue) { writer in
            writer.list(services) { writer, entry in
                writer.bytes(entry.key)
                entry.value.write(to: &writer)
            }
        }
        writer.section(Section.routes.rawValue) { routes.write(to: &$0) }
        writer.section(Section.consumers.rawValue) { consumers.write(to: &$0) }
        writer.section(Section.windows.rawValue) { writer in
            writer.list(windows) { writer, entry in
                entry.key.write(to: &writer)
                entry.value.write(to: &writer)
            }
        }
        for (section, figures) in [(Section.totals, totals), (.gauges, gauges)] {
            writer.section(section.rawValue) { writer in
                writer.list(figures) { writer, entry in
                    writer.bytes(Array(entry.key.utf8))
                    writer.number(entry.value)
                }
            }
        }
        writer.section(Section.outOfService.rawValue) { writer in
            writer.list(outOfService) { $0.bytes(Array($1.utf8)) }
        }
        return writer.result
    }

    /// Nil for bytes that are no carryover, or not a whole one.
    package init?(_ bytes: [UInt8]) {
        guard bytes.starts(with: Self.magic) else { return nil }
        var reader = CarryoverReader(bytes[Self.magic.count...])
        while !reader.isAtEnd {
            guard let number = reader.number(), var body = reader.part() else { return nil }
            guard let section = Section(rawValue: number) else { continue }
            guard take(section, &body) else { return nil }
        }
    }

    private mutating func take(_ section: Section, _ body: inout CarryoverReader) -> Bool {
        switch section {
        case .seeds:
            seeds = CounterSeeds(&body)
            return seeds != nil
        case .services:
            return body.list { body in
                guard let name = body.bytes(), let figures = ServiceFigures(&body) else { return false }
                services[name] = figures
                return true
            }
        case .routes: return take(&body, \.routes)
        case .consumers: return take(&body, \.consumers)
        case .windows:
            return body.list { body in
                guard let key = CounterKey(&body), let count = WindowCount(&body) else { return false }
                windows[key] = count
                return true
            }
        case .totals: return take(&body, \.totals)
        case .gauges: return take(&body, \.gauges)
        case .outOfService:
            return body.list { body in
                guard let line = body.bytes() else { return false }
                outOfService.append(String(decoding: line, as: UTF8.self))
                return true
            }
        }
    }

    private mutating func take(_ body: inout CarryoverReader, _ path: WritableKeyPath<Self, SubjectCounts>) -> Bool {
        guard let counts = SubjectCounts(&body) else { return false }
        self[keyPath: path] = counts
        return true
    }

    private mutating func take(_ body: inout CarryoverReader, _ path: WritableKeyPath<Self, [String: UInt64]>) -> Bool {
        body.list { body in
            guard let name = body.bytes(), let value = body.number() else { return false }
            self[keyPath: path][String(decoding: name, as: UTF8.self)] = value
            return true
        }
    }
}
