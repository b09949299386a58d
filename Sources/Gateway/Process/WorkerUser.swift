// Whom the workers of a node that root started run as: `nginx_user`, as nginx' directive `user` has it. Only the
// master needs root, for ports below 1024, private keys and logs.

import Glibc

/// A user and a group of the system.
package struct WorkerUser: Sendable, Equatable {
    package let name: String
    package let user: uid_t
    package let group: gid_t
    /// Whether this is what stands for "nobody in particular", as opposed to a user that was chosen.
    package let isStandard: Bool

    /// What Kong takes for "nginx' own default".
    private static let standard = ["nobody", "nobody nobody"]
    /// The numbers of nobody and nogroup everywhere, for systems without a list of users (bare containers).
    private static let nobody: (user: uid_t, group: gid_t) = (65534, 65534)

    /// The user that the settings ask for.
    ///
    /// - Returns: nil when there is nothing to change: this process isn't root's, or root's is wanted.
    /// - Throws: when the system does not know the user or the group, in nginx' words.
    package init?(_ settings: Settings) throws(CommandFault) {
        guard geteuid() == 0 else { return nil }
        try self.init(setting: settings.text("nginx_user") ?? Self.standard[0])
        if user == 0 { return nil }
    }

    package init(setting: String) throws(CommandFault) {
        let words = setting.split(separator: " ").map(String.init)
        isStandard = words.isEmpty || Self.standard.contains(words.joined(separator: " "))
        name = isStandard ? Self.standard[0] : words[0]
        let entry = getpwnam(name)?.pointee
        if isStandard {
            user = entry?.pw_uid ?? Self.nobody.user
            group = entry?.pw_gid ?? Self.nobody.group
            return
        }
        guard let entry else { throw Self.unknown("getpwnam", name) }
        user = entry.pw_uid
        // nginx takes the group of the user's name; where there is none, the user's own will do.
        let named = getgrnam(words.count > 1 ? words[1] : name)?.pointee.gr_gid
        guard words.count == 1 || named != nil else { throw Self.unknown("getgrnam", words[1]) }
        group = named ?? entry.pw_gid
    }

    private static func unknown(_ call: String, _ name: String) -> CommandFault {
        CommandFault("\(call)(\"\(name)\") failed (2: No such file or directory)")
    }

    /// Makes this process, with all its threads, the user's for good.
    package func become() throws(CommandFault) {
        guard initgroups(name, group) == 0, setgid(group) == 0, setuid(user) == 0 else {
            throw CommandFault("could not run the worker as \(name) (nginx_user): \(FileFault().reason)")
        }
    }

    /// The first of these folders that the user may not enter. To be asked before the process has threads, since the
    /// answer comes from the system with this process under the user's name for a moment.
    package func firstClosed(_ folders: [String]) -> String? {
        var groups = [gid_t](repeating: 0, count: max(0, Int(getgroups(0, nil))))
        let count = getgroups(Int32(groups.count), &groups)
        // The real user only: `access` asks for that one, and the effective one can take it back.
        guard initgroups(name, group) == 0, setregid(group, gid_t.max) == 0, setreuid(user, uid_t.max) == 0 else {
            return nil
        }
        defer {
            setreuid(0, uid_t.max)
            setregid(getegid(), gid_t.max)
            setgroups(Int(count), groups)
        }
        return folders.first { access($0, X_OK) != 0 }
    }

    /// Gives a file to the user, if it is there. Links are not followed.
    package func own(_ path: String) {
        lchown(path, user, group)
    }
}
