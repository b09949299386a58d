// The parts of a Host value.

import DataPlane
import Testing

struct HostTextTests {
    @Test(arguments: [
        ("a.test", 6, 6), ("a.test:80", 6, 6), ("a.test.", 7, 6), ("a.test.:80", 7, 6), ("a..", 3, 2), (".", 1, 1),
        ("[::1]", 5, 5), ("[::1]:80", 5, 5), ("", 0, 0),
    ])
    func `a name ends before its port, and before the dot that makes it full`(host: String, name: Int, plain: Int) {
        let bytes = Array(host.utf8)
        let (counted, shortened) = (HostText.nameCount(bytes.span), HostText.plainNameCount(bytes.span))
        #expect(counted == name)
        #expect(shortened == plain)
    }
}
