// What is known of an address's health: a state and four counters. A pure value; `PeerHealth` shares it between
// event loops.

/// What happened to a request or a probe, as far as health is concerned.
package enum HealthEvent: Sendable, Equatable {
    case success
    /// A status that counts as a failure.
    case httpFailure
    /// No connection, or one that broke.
    case tcpFailure
    case timeout
}

/// The health of one address, with Kong's rules for its changes.
package struct HealthRecord: Sendable, Equatable {
    /// The `mostly` states have counted something against themselves and otherwise count as their base state.
    package enum State: UInt8, Sendable {
        case healthy, mostlyHealthy, unhealthy, mostlyUnhealthy
    }

    /// The highest a counter, and so a limit, goes.
    package static let maximumCount = 0x7FFF

    package private(set) var state = State.healthy
    package private(set) var successes = 0
    package private(set) var httpFailures = 0
    package private(set) var tcpFailures = 0
    package private(set) var timeouts = 0

    /// A record that somebody set by hand: nothing counted so far.
    package init(isHealthy: Bool = true) {
        state = isHealthy ? .healthy : .unhealthy
    }

    /// Whether the address takes requests.
    package var isAvailable: Bool { state == .healthy || state == .mostlyHealthy }

    /// The record after an event.
    ///
    /// - Parameter limit: how often the event has to be counted to switch the state. 0 switches the counter off, and
    ///   then the event does not even reset the opposite counters, as in Kong.
    package func after(_ event: HealthEvent, limit: Int) -> HealthRecord {
        guard limit > 0, state != (event == .success ? .healthy : .unhealthy) else { return self }
        var next = self
        let count = next.count(event)
        if count >= min(limit, HealthRecord.maximumCount) {
            next.state = event == .success ? .healthy : .unhealthy
        } else if state == .healthy {
            next.state = .mostlyHealthy
        } else if state == .unhealthy {
            next.state = .mostlyUnhealthy
        }
        return next
    }

    private mutating func count(_ event: HealthEvent) -> Int {
        if event == .success {
            (httpFailures, tcpFailures, timeouts) = (0, 0, 0)
        } else {
            successes = 0
        }
        switch event {
        case .success: return HealthRecord.raise(&successes)
        case .httpFailure: return HealthRecord.raise(&httpFailures)
        case .tcpFailure: return HealthRecord.raise(&tcpFailures)
        case .timeout: return HealthRecord.raise(&timeouts)
        }
    }

    private static func raise(_ counter: inout Int) -> Int {
        counter = min(counter + 1, maximumCount)
        return counter
    }
}

// One word, so that event loops can exchange it atomically: 15 bits a counter, then the state.
extension HealthRecord {
    package init(packed: UInt64) {
        state = State(rawValue: UInt8(packed >> 60 & 3)) ?? .healthy
        successes = Int(packed & 0x7FFF)
        httpFailures = Int(packed >> 15 & 0x7FFF)
        tcpFailures = Int(packed >> 30 & 0x7FFF)
        timeouts = Int(packed >> 45 & 0x7FFF)
    }

    package var packed: UInt64 {
        UInt64(successes) | UInt64(httpFailures) << 15 | UInt64(tcpFailures) << 30 | UInt64(timeouts) << 45
            | UInt64(state.rawValue) << 60
    }
}
