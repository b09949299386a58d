// Which of the node's processes this one is. All are the same program, told apart by a first argument that no command
// has.

/// The role of a process, with what it needs to play it.
package enum ProcessRole: Sendable {
    /// The command of a user, with its arguments.
    case command([String])
    case master(MasterLaunch)
    case worker(WorkerLaunch)

    private static let masterWord = "__master"
    private static let workerWord = "__worker"

    package init(arguments: [String], environment: [String: String]) {
        let words = Array(arguments.dropFirst())
        if words.count == 4, words[0] == Self.masterWord, let reportFD = Int32(words[2]) {
            self = .master(
                MasterLaunch(prefix: words[1], reportFD: reportFD, isForeground: words[3] == "foreground"))
        } else if words.first == Self.workerWord, let text = environment[WorkerLaunch.variable],
            let launch = WorkerLaunch(encoded: text)
        {
            self = .worker(launch)
        } else {
            self = .command(words)
        }
    }

    static func arguments(_ launch: MasterLaunch) -> [String] {
        let place = launch.isForeground ? "foreground" : "daemon"
        return ["kong: master process", masterWord, launch.prefix, String(launch.reportFD), place]
    }

    static let workerArguments = ["kong: worker process", workerWord]

    /// Sets what the system calls this process where it does not show its arguments. It would be the last part of the
    /// path that was executed, a number below /proc.
    static func takeName() {
        try? TextFile.write("/proc/self/comm", "kong", newMode: 0)
    }
}
