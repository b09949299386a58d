// The figures of GET /status, in nginx's terms, which monitoring of Kong nodes reads.
// The data plane counts; this is a copy of one moment.

/// The connections of all listeners since the start, with nginx's names.
package struct ConnectionCounters: Sendable, Equatable {
    package var active = 0
    package var reading = 0
    package var writing = 0
    package var waiting = 0
    package var accepted = 0
    package var handled = 0
    package var totalRequests = 0

    package init() {}
}
