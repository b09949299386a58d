// What a supervisor that asked for it is told.

import Gateway
import Glibc
import Testing

@Suite("Notifications to systemd")
struct SystemdNotificationTests {
    @Test func `nobody is told who did not ask, or asked at no address`() {
        #expect(SystemdNotification(nil) == nil)
        #expect(SystemdNotification("") == nil)
        #expect(SystemdNotification("relative/path") == nil)
        #expect(SystemdNotification("/" + String(repeating: "x", count: 108)) == nil)
    }

    @Test func `messages have the form of sd_notify`() {
        #expect(SystemdNotification.Message.ready("serving").text == "READY=1\nSTATUS=serving")
        #expect(SystemdNotification.Message.stopping.text.hasPrefix("STOPPING=1\n"))
        let lines = SystemdNotification.Message.reloading.text.split(separator: "\n")
        #expect(lines.first == "RELOADING=1")
        #expect(lines.contains { $0.hasPrefix("MONOTONIC_USEC=") && Int($0.dropFirst(15)) != nil })
    }

    @Test(arguments: ["/tmp/gibbon-notify-", "@gibbon-notify-"])
    func `a message arrives as one datagram`(start: String) throws {
        let name = start + String(getpid())
        let receiver = try #require(Receiver(name))
        try #require(SystemdNotification(name)).send(.ready("serving"))
        #expect(receiver.next() == "READY=1\nSTATUS=serving")
    }
}

/// The supervisor's end: a datagram socket under a path or an abstract name.
private final class Receiver {
    private let descriptor: Int32
    private let path: String

    init?(_ name: String) {
        path = name
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        let bytes = [UInt8(AF_UNIX), 0] + (name.hasPrefix("@") ? [0] + Array(name.utf8.dropFirst()) : Array(name.utf8))
        unlink(name)
        // The C interface wants the address as a structure of another type than the one it really is.
        let outcome = bytes.withUnsafeBytes { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) {
                bind(descriptor, $0.baseAddress, socklen_t(bytes.count))
            }
        }
        guard outcome == 0 else { return nil }
    }

    deinit {
        close(descriptor)
        unlink(path)
    }

    func next() -> String {
        var buffer = [UInt8](repeating: 0, count: 512)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }
}
