// What is written to the wire: numbers, dates, status lines.

import NIOCore
import Testing
import Wire

@Suite struct WritingTests {
    private func written(_ write: (inout ByteBuffer) -> Void) -> String {
        var buffer = ByteBuffer()
        write(&buffer)
        return String(buffer: buffer)
    }

    @Test func `numbers`() {
        for number in [0, 7, 10, 99, 100, 65_535, Int.max, Int.min, -1] {
            #expect(written { $0.writeDecimal(number) } == String(number))
        }
        for number in [0, 9, 10, 15, 16, 255, 4096, UInt64.max] {
            #expect(written { $0.writeHex(number) } == String(number, radix: 16))
            #expect(written { $0.writeDecimal(number) } == String(number))
        }
        #expect(written { $0.writeChunkHead(count: 26) } == "1a\r\n")
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (951_868_800, "Wed, 01 Mar 2000 00:00:00 GMT"),
        (1_791_640_536, "Sat, 10 Oct 2026 13:55:36 GMT"), (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        (-1, "Wed, 31 Dec 1969 23:59:59 GMT"), (1_735_689_599, "Tue, 31 Dec 2024 23:59:59 GMT"),
    ])
    func `the Date header`(_ seconds: Int, _ text: String) {
        #expect(written { $0.writeHTTPDate(epochSeconds: seconds) } == text)
    }

    @Test func `the time of the access log`() {
        #expect(written { $0.writeLogTime(epochSeconds: 1_791_640_536) } == "[10/Oct/2026:13:55:36 +0000]")
        let india = written { $0.writeLogTime(epochSeconds: 1_791_640_536, offsetSeconds: 19_800) }
        #expect(india == "[10/Oct/2026:19:25:36 +0530]")
        let newfoundland = written { $0.writeLogTime(epochSeconds: 1_791_640_536, offsetSeconds: -9000) }
        #expect(newfoundland == "[10/Oct/2026:11:25:36 -0230]")
    }

    @Test func `status lines`() {
        #expect(written { $0.writeStatusLine(200) } == "HTTP/1.1 200 OK\r\n")
        #expect(written { $0.writeStatusLine(302) } == "HTTP/1.1 302 Moved Temporarily\r\n")
        #expect(written { $0.writeStatusLine(504) } == "HTTP/1.1 504 Gateway Time-out\r\n")
        #expect(written { $0.writeStatusLine(494) } == "HTTP/1.1 494 \r\n")
        #expect(written { $0.writeStatusLine(passingOn: latin1("299 Fine").span) } == "HTTP/1.1 299 Fine\r\n")
    }

    @Test func `headers and lower-cased copies`() {
        #expect(written { $0.writeHeader("Via", "kong/1.1.2") } == "Via: kong/1.1.2\r\n")
        #expect(written { $0.writeHeader("X", latin1("y").span) } == "X: y\r\n")
        #expect(written { $0.writeLowercased(latin1("AbZ@[09").span) } == "abz@[09")
    }

    @Test func `comparing without regard to case`() {
        #expect(isSame("KeEp-aLive", "keep-alive"))
        #expect(!isSame("keep_alive", "keep-alive"))
        #expect(!isSame("[", "{"))
        let bytes = latin1("aB")
        #expect(bytes.span.equalsIgnoringCase("Ab") == true)
        #expect(bytes.span.equals("aB") == true)
        #expect(bytes.span.equals("ab") == false)
    }

    private func isSame(_ left: String, _ right: String) -> Bool {
        latin1(left).span.equalsIgnoringCase(latin1(right).span)
    }
}
