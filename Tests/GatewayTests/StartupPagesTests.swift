// Which pages are given back after the start: a page too many would lose relocations and end the process.

import Gateway
import Testing

@Suite struct StartupPagesTests {
    private static func mapping(_ line: String, anonymous: Int = 0) -> String {
        "\(line)\nSize:   4 kB\nRss:   4 kB\nAnonymous:   \(anonymous) kB\nVmFlags: rd ex mr mw me \n"
    }

    @Test func `code and constants of files are given back, relocated and written pages are not`() {
        let maps = [
            Self.mapping("1000-2000 r-xp 00000000 fe:00 7                      /usr/local/bin/kong"),
            Self.mapping("2000-3000 r--p 0271c000 fe:00 7                      /usr/local/bin/kong", anonymous: 4),
            Self.mapping("3000-4000 rw-p 0282b000 fe:00 7                      /usr/local/bin/kong"),
            Self.mapping("5000-6000 r--p 00000000 fe:00 8                      /usr/lib/libc.so.6"),
            Self.mapping("6000-7000 r-xp 00028000 fe:00 8                      /usr/lib/libc.so.6"),
            // A small library's relocated page can lie at the beginning of its file.
            Self.mapping("7000-8000 r--p 00000000 fe:00 8                      /usr/lib/small.so", anonymous: 4),
            Self.mapping("8000-9000 rw-p 00000000 00:00 0"),
            Self.mapping("9000-a000 r-xp 00000000 00:00 0                      [vdso]"),
        ]
        #expect(StartupPages.untouched(maps.joined()) == [0x1000..<0x2000, 0x5000..<0x6000, 0x6000..<0x7000])
    }

    @Test func `lines that are none are passed over`() {
        #expect(StartupPages.untouched("\nx y z\n-- r-xp 0 0 0 /a\n2-1 r-xp 0 0 0 /a\nAnonymous: 0 kB\n") == [])
    }
}
