// What a packaged node must be able to do: change its program and give up root while it serves.

import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite("Packaging")
    struct Packaging {
        private static func origin() throws -> Origin {
            try Origin(answering: { _ in Origin.ok() })
        }

        // MARK: - The program is replaced

        /// Runs `body` with a node that was started from a copy of the program, at the given path.
        private static func withCopy(_ body: (Node, String) throws -> Void) throws {
            try Node.with(origin: origin()) { node throws in
                let copy = node.prefix + "/kong-copy"
                try FileManager.default.copyItem(atPath: Node.program, toPath: copy)
                try node.kong("stop")
                #expect(try Command.run(copy, ["start", "-c", node.prefix + "/kong.conf"]).status == 0)
                defer { _ = try? node.kong("stop") }
                try body(node, copy)
            }
        }

        private static func program(_ process: ProcessFacts) -> String? {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process.pid)/exe")
        }

        @Test func `a reload under load takes a program that was replaced`() throws {
            try Self.withCopy { node, copy in
                let kept = Load(port: node.proxyPort)
                let new = Load(port: node.proxyPort, connections: 4, .new)
                defer {
                    kept.stop()
                    new.stop()
                }
                let (master, old) = (node.masterPID, try node.worker)
                try FileManager.default.copyItem(atPath: copy, toPath: copy + ".new")
                rename(copy + ".new", copy)
                #expect(Self.program(old)?.hasSuffix("/kong-copy (deleted)") == true)
                usleep(200_000)
                #expect(try Command.run(copy, ["reload", "-p", node.prefix]).status == 0)
                #expect(eventually(within: 5) { !old.isAlive })
                usleep(200_000)
                kept.stop()
                new.stop()
                #expect(kept.failures == [])
                #expect(new.failures == [])
                #expect(try Self.program(node.worker)?.hasSuffix("/kong-copy") == true)
                #expect(node.masterPID == master)
            }
        }

        @Test func `a program that cannot serve does not replace one that does`() throws {
            try Self.withCopy { node, copy in
                let old = try node.worker
                let broken = "#!/bin/sh\nexit 1\n"
                try Data(broken.utf8).write(to: URL(fileURLWithPath: copy + ".new"))
                chmod(copy + ".new", 0o755)
                rename(copy + ".new", copy)
                node.signal(SIGHUP)
                #expect(eventually { node.log("error.log").contains("reload failed") })
                #expect(old.isAlive)
                #expect(try node.get("/").status == 200)
                kill(old.pid, SIGKILL)
                #expect(eventually { try node.get("/").status == 200 }, "replaced from the program of before")
            }
        }

        // MARK: - Whom the worker runs as

        private static let isRoot = geteuid() == 0

        private static func owner(_ path: String) -> Int? {
            (try? FileManager.default.attributesOfItem(atPath: path))?[.ownerAccountID] as? Int
        }

        @Test(.enabled(if: isRoot)) func `the worker of root's node is nobody's and goes on writing`() throws {
            try Node.with(origin: Self.origin()) { node throws in
                let status = try String(contentsOfFile: "/proc/\(node.worker.pid)/status", encoding: .utf8)
                #expect(status.contains("Uid:\t65534\t65534\t65534\t65534"))
                #expect(status.contains("CapEff:\t0000000000000000"))
                #expect(Self.owner(node.prefix) == 0)
                #expect(Self.owner(node.prefix + "/.kong_env") == 0)
                #expect(Self.owner(node.prefix + "/kong.sqlite") == 65534)
                #expect(try node.admin("PUT", "/consumers/anna").status == 200)
                #expect(try node.kong("reload").status == 0)
                #expect(eventually { try node.admin("PUT", "/consumers/berta").status == 200 })
                #expect(try node.admin("GET", "/consumers/anna").status == 200)
            }
        }

        @Test(.enabled(if: isRoot)) func `a worker that is not root's reopens its logs`() throws {
            try Node.with(origin: Self.origin()) { node throws in
                let log = node.prefix + "/logs/access.log"
                rename(log, log + ".1")
                node.signal(SIGUSR1)
                #expect(eventually { Self.owner(log) == 65534 })
                #expect(
                    eventually {
                        _ = try node.get("/after")
                        return node.log("access.log").contains("/after")
                    })
            }
        }

        @Test(.enabled(if: isRoot)) func `an unknown user stops the start in nginx' words`() throws {
            try Node.with { node throws in
                try node.kong("stop")
                let words = ["KONG_NGINX_USER=no-such-user", Node.program, "start", "-c", node.prefix + "/kong.conf"]
                let start = try Command.run("env", words)
                #expect(start.status == 1)
                #expect(start.output.contains("nginx: [emerg] getpwnam(\"no-such-user\") failed"))
            }
        }

        @Test(.enabled(if: isRoot)) func `where nobody may go the worker stays root and says so`() throws {
            try Node.with { node throws in
                try node.kong("stop")
                let closed = node.prefix + "/closed"
                mkdir(closed, 0o700)
                let arguments = ["start", "-c", node.prefix + "/kong.conf", "-p", closed + "/node"]
                #expect(try Command.run(Node.program, arguments).status == 0)
                defer { _ = try? Command.run(Node.program, ["stop", "-p", closed + "/node"]) }
                #expect(try node.admin("PUT", "/consumers/anna").status == 200)
                let log = "../closed/node/logs/error.log"
                #expect(eventually { node.log(log).contains("nobody (nginx_user) may not enter /") })
                _ = try Command.run(Node.program, ["stop", "-p", closed + "/node"])

                let words = ["KONG_NGINX_USER=daemon", Node.program] + arguments
                let start = try Command.run("env", words)
                #expect(start.status == 1)
                #expect(start.output.contains("daemon (nginx_user) may not enter"))
            }
        }

        // MARK: - Who may reach and read what

        @Test func `an Admin API that others can reach is warned of at the start and in the log`() throws {
            try Node.with { node throws in
                #expect(!node.log("error.log").contains("ADMIN API"))
                try node.kong("stop")
                let words = ["KONG_ADMIN_LISTEN=0.0.0.0:\(node.adminPort)", Node.program]
                let start = try Command.run("env", words + ["start", "-c", node.prefix + "/kong.conf"])
                defer { _ = try? node.kong("stop") }
                #expect(start.status == 0)
                let warning = "[warn] THE ADMIN API IS OPEN TO OTHER MACHINES at 0.0.0.0:\(node.adminPort):"
                #expect(start.output.contains(warning))
                #expect(start.output.hasSuffix("\nKong started\n"))
                #expect(eventually { node.log("error.log").contains("ADMIN API IS OPEN") })
                // Closed again by a reload, it is no longer warned of.
                let closed = try Command.run(
                    "env", ["KONG_ADMIN_LISTEN=off", Node.program, "reload", "-p", node.prefix])
                #expect(closed.output == "Kong reloaded\n")
            }
        }

        private static func mode(_ path: String) -> Int? {
            (try? FileManager.default.attributesOfItem(atPath: path))?[.posixPermissions] as? Int
        }

        @Test func `keys are their owner's alone, and no secret is told`() throws {
            let secret = "a-secret-word"
            try Node.with(["pg_password": secret, "log_level": "debug"]) { node throws in
                for name in ["kong-default.key"] { #expect(Self.mode(node.prefix + "/ssl/\(name)") == 0o600) }
                #expect(Self.mode(node.prefix + "/.kong_env") == 0o640)
                #expect(Self.mode(node.prefix + "/pids/nginx.pid") == 0o644)
                chmod(node.prefix + "/.kong_env", 0o600)
                let conf = node.prefix + "/kong.conf"
                let outputs = try [
                    node.kong("reload", "--vv"), node.kong("health", "--vv"),
                    node.kong("restart", "-c", conf, "--vv"), Command.run(Node.program, ["check", conf, "--vv"]),
                    node.kong("stop", "--vv"), node.kong("start", "-c", conf, "--vv"),
                ]
                defer { _ = try? node.kong("stop") }
                #expect(outputs.map(\.status) == [0, 0, 0, 0, 0, 0])
                for output in outputs.map(\.output) { #expect(!output.contains(secret), "\(output)") }
                #expect(try node.admin("GET", "/").json.description.contains(secret) == false)
                #expect(Self.mode(node.prefix + "/.kong_env") == 0o600, "a mode that was made stricter is kept")
                for name in ["error.log", "access.log", "admin_access.log"] {
                    #expect(!node.log(name).contains(secret), "\(name)")
                }
            }
        }
    }
}
