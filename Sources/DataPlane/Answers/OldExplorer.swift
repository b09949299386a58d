// nginx' mask `msie6`: Internet Explorer 4 to 6, but not 6 with the SV1 of its second service pack, and not Opera,
// which called itself Explorer too.

import Wire

package enum OldExplorer {
    package static func isOne(_ userAgent: borrowing Span<UInt8>) -> Bool {
        guard let name = place(of: "MSIE ", in: userAgent, from: 0), name + 7 < userAgent.count,
            userAgent[name + 6] == Ascii.dot, place(of: "Opera", in: userAgent, from: 0) == nil
        else { return false }
        switch userAgent[name + 5] {
        case UInt8(ascii: "4"), UInt8(ascii: "5"): return true
        case UInt8(ascii: "6"): return place(of: "SV1", in: userAgent, from: name + 8) == nil
        default: return false
        }
    }

    private static func place(of text: StaticString, in bytes: borrowing Span<UInt8>, from start: Int) -> Int? {
        let count = text.utf8CodeUnitCount
        var place = start
        while place + count <= bytes.count {
            if bytes.extracting(place..<place + count).equals(text) { return place }
            place += 1
        }
        return nil
    }
}
