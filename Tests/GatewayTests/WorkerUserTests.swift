// Whom workers run as: nginx_user in all the forms that configurations have it in.

import Gateway
import Glibc
import Testing

@Suite("The workers' user")
struct WorkerUserTests {
    @Test(arguments: ["nobody", "nobody nobody", "nobody  nobody", ""])
    func `nobody stands for the standard user`(setting: String) throws {
        let user = try WorkerUser(setting: setting)
        #expect(user.isStandard)
        #expect(user.name == "nobody")
        #expect(user.user != 0)
    }

    @Test func `a user can be chosen, with its own group or another`() throws {
        let daemon = try WorkerUser(setting: "daemon")
        #expect(!daemon.isStandard)
        #expect(daemon.user == getpwnam("daemon")?.pointee.pw_uid)
        #expect(daemon.group == getgrnam("daemon")?.pointee.gr_gid)
        #expect(try WorkerUser(setting: "daemon root").group == 0)
        #expect(try WorkerUser(setting: "root").user == 0)
    }

    @Test func `an unknown user or group is told in nginx' words`() {
        #expect(throws: CommandFault("getpwnam(\"no-such\") failed (2: No such file or directory)")) {
            try WorkerUser(setting: "no-such")
        }
        #expect(throws: CommandFault("getgrnam(\"no-such\") failed (2: No such file or directory)")) {
            try WorkerUser(setting: "daemon no-such")
        }
    }
}
