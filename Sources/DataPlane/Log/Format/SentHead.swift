// The head that a client was sent, for logs that tell headers of it: it is kept only for those.

import PluginKit
import Wire

struct SentHead {
    /// The status line and the fields as they were written.
    var bytes: [UInt8] = []

    /// The value of a field; nginx joins the lines of those that are lists, and takes the first of others.
    func value(_ name: HeaderName) -> [UInt8]? {
        let isList = name.known == .cacheControl || name.lowered == Self.link
        var joined: [UInt8]?
        for line in bytes.split(separator: Ascii.lineFeed).dropFirst() {
            guard let colon = line.firstIndex(of: Ascii.colon),
                line[..<colon].elementsEqual(name.lowered, by: { Ascii.lowercased($0) == $1 })
            else { continue }
            let value = line[(colon + 1)...].drop { Ascii.isBlank($0) }.prefix { $0 != Ascii.carriageReturn }
            guard let known = joined else {
                joined = Array(value)
                if !isList { return joined }
                continue
            }
            joined = known + [Ascii.comma, Ascii.space] + value
        }
        return joined
    }

    private static let link = Array("link".utf8)
}
