// The settings that decide which questions are asked for a name and how long the answers hold.

/// What a machine for one name needs to know; made once from the configuration and resolv.conf.
package struct LookupRules: Sendable {
    package var order = DNSOrder.standard
    package var search: [String] = []
    package var dotsForAbsolute = 1
    package var validLifetime: Duration?
    package var notFoundLifetime = Duration.seconds(30)
    package var errorLifetime = Duration.seconds(1)

    package init() {}
}
