// Finds what an upstream hashes on in a request.

import PluginKit
import Schema

enum HashInput {
    /// Puts the request's number into `balancing`, and a new cookie where one has to be made up.
    static func find(_ settings: UpstreamSettings, _ exchange: Exchange, _ balancing: inout Balancing) {
        for source in [settings.hashOn, settings.hashFallback] {
            guard let bytes = bytes(of: source, settings, exchange, &balancing) else { continue }
            balancing.hash = CRC32.checksum(bytes)
            return
        }
    }

    private static func bytes(
        of source: HashSource, _ settings: UpstreamSettings, _ exchange: Exchange, _ balancing: inout Balancing
    ) -> [UInt8]? {
        switch source {
        case .none: return nil
        case .consumer: return exchange.consumer?.id ?? exchange.credential?.id
        case .address: return exchange.clientAddress
        case .header(let name):
            let values = exchange.request.headerValues(name)
            return values.isEmpty ? nil : Array(values.joined())
        case .cookie:
            if let sent = cookie(settings.cookieName, exchange) { return sent }
            let made = Array(UUIDText.random().utf8)
            balancing.newCookie = made
            return made
        }
    }

    private static func cookie(_ name: String, _ exchange: Exchange) -> [UInt8]? {
        for value in exchange.request.headerValues("Cookie") {
            if let found = CookieText.value(of: Array(name.utf8), in: value) { return found }
        }
        return nil
    }
}

/// The Cookie header (RFC 6265, section 4.2).
package enum CookieText {
    /// The value of the first cookie of that name.
    package static func value(of name: [UInt8], in header: [UInt8]) -> [UInt8]? {
        for part in header.split(separator: UInt8(ascii: ";")) {
            let pair = part.drop { $0 == 0x20 || $0 == 0x09 }
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")), pair[..<equals].elementsEqual(name) else {
                continue
            }
            return Array(pair[(equals + 1)...])
        }
        return nil
    }
}
