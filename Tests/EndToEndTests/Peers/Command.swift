// Runs a program to its end and tells what it said.

import Foundation
import Glibc

struct Command {
    let status: Int32
    let output: String

    /// Runs a program, by path or by its name in PATH. Its output goes through a file: a daemon that it leaves behind
    /// may keep that open without anybody waiting for it.
    static func run(_ program: String, _ arguments: [String]) throws -> Command {
        let file = NSTemporaryDirectory() + "/e2e-output-\(UUID().uuidString)"
        defer { unlink(file) }
        let pid = try start(program, arguments, output: file)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        let output = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
        return Command(status: status & 0x7F == 0 ? status >> 8 & 0xFF : -1, output: output)
    }

    /// Starts a program. The caller has to wait for it.
    static func start(
        _ program: String, _ arguments: [String], input: Int32? = nil, output: String = "/dev/null"
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var pid: pid_t = 0
        guard posix_spawnp(&pid, program, &actions, nil, &words, environ) == 0 else {
            throw SocketFault.system("start \(program)")
        }
        return pid
    }
}
