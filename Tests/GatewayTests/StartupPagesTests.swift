// Which pages are given back after the start: a page too many would lose relocations and end the process.

import Gateway
import Testing

@Suite struct StartupPagesTests {
    @Test func `code and the beginnings of files are given back, relocated and written pages are not`() {
        let maps = """
            1000-2000 r-xp 00000000 fe:00 7                      /usr/local/bin/kong
            2000-3000 r--p 0271c000 fe:00 7                      /usr/local/bin/kong
            3000-4000 rw-p 0282b000 fe:00 7                      /usr/local/bin/kong
            5000-6000 r--p 00000000 fe:00 8                      /usr/lib/libc.so.6
            6000-7000 r-xp 00028000 fe:00 8                      /usr/lib/libc.so.6
            7000-8000 r--p 001d0000 fe:00 8                      /usr/lib/libc.so.6
            8000-9000 rw-p 00000000 00:00 0
            9000-a000 r-xp 00000000 00:00 0                      [vdso]
            """
        #expect(StartupPages.untouched(maps) == [0x1000..<0x2000, 0x5000..<0x6000, 0x6000..<0x7000])
    }

    @Test func `lines that are none are passed over`() {
        #expect(StartupPages.untouched("\nx y z\n-- r-xp 0 0 0 /a\n2-1 r-xp 0 0 0 /a\n") == [])
    }
}
