// How names are resolved: the dns_* settings of kong.conf and what resolv.conf adds to them.

/// The settings of the DNS client; the defaults are Kong's.
package struct DNSConfiguration: Sendable {
    /// dns_resolver. Empty: the name servers of resolv.conf, or 127.0.0.1 when it names none (resolv.conf(5)).
    package var resolvers: [DNSServer] = []
    /// dns_hostsfile, read once at the start.
    package var hostsFile = "/etc/hosts"
    package var resolvConfFile = "/etc/resolv.conf"
    /// dns_order.
    package var order = DNSOrder.standard
    /// dns_valid_ttl: lifetime of answers whatever their own TTL says; nil to follow the TTL.
    package var validLifetime: Duration?
    /// dns_stale_ttl: how long an answer past its lifetime is still served while a new one is fetched.
    package var staleLifetime = Duration.seconds(4)
    /// dns_not_found_ttl. Kong 1.1.2 applies it to server errors other than name error, in spite of its name.
    package var notFoundLifetime = Duration.seconds(30)
    /// dns_error_ttl. Kong 1.1.2 applies it to name errors and empty answers, in spite of its name.
    package var errorLifetime = Duration.seconds(1)
    /// dns_no_sync: every lookup asks the servers by itself, even if the same question is under way.
    package var noSync = false
    /// The most names in the cache of one event loop.
    package var cacheLimit = 10_000

    /// These override resolv.conf when they are set.
    package var attemptTimeout: Duration?
    package var attempts: Int?
    package var dotsForAbsolute: Int?
    package var searchDomains: [String]?

    package init() {}
}

extension Duration {
    /// Rounded towards zero.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
