// What the prometheus plugin wants to know of a finished request, apart from the service it was for.

/// One finished request in figures. Times are milliseconds; those that don't apply are nil.
package struct RequestFigures: Sendable {
    package var status = 0
    package var requestMilliseconds: Int64 = 0
    package var upstreamMilliseconds: Int64?
    package var kongMilliseconds: Int64?
    package var ingressBytes: UInt64 = 0
    package var egressBytes: UInt64 = 0

    package init() {}
}
