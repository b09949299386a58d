// The files that go along with the program say the same as the program: completions, manual pages and units are tried
// with the tools that they are written for.

import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite("Packaged files")
    struct PackagedFiles {
        static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()

        static func text(_ name: String) throws -> String {
            try String(contentsOf: root.appendingPathComponent("packaging/\(name)"), encoding: .utf8)
        }

        /// Runs `body` with a folder that is removed afterwards.
        static func withFolder(_ body: (String) throws -> Void) throws {
            let folder = NSTemporaryDirectory() + "/packaged-\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try body(folder)
        }

        // MARK: - The command line

        private static func commands() throws -> [String] {
            try Command.run(program, ["--help"]).output.split(separator: "\n")
                .filter { $0.hasPrefix(" ") && !$0.hasPrefix(" -") }.map { $0.trimmingCharacters(in: .whitespaces) }
        }

        private static let program = Node.program

        /// The options that a command's usage names, as they are typed.
        private static func options(of command: String) throws -> [String] {
            let lines = try Command.run(program, [command, "--help"]).output.split(separator: "\n")
            return lines.filter { $0.hasPrefix(" -") }.flatMap { line in
                line.split(whereSeparator: { $0 == " " || $0 == "," }).prefix { $0.hasPrefix("-") }.map(String.init)
            }
        }

        /// What bash offers for the last of these words.
        private static func completions(_ words: String...) throws -> [String] {
            let line = words.joined(separator: " ")
            let script = """
                source /usr/share/bash-completion/bash_completion
                source '\(root.path)/packaging/completions/kong.bash'
                COMP_WORDS=(\(words.map { "'\($0)'" }.joined(separator: " "))) COMP_CWORD=\(words.count - 1)
                COMP_LINE='\(line)' COMP_POINT=\(line.utf8.count)
                _kong
                printf '%s\\n' "${COMPREPLY[@]}"
                """
            return try Command.run("bash", ["-c", script]).output.split(separator: "\n").map(String.init)
        }

        @Test func `bash completes every command and each of its options`() throws {
            let commands = try Self.commands()
            #expect(commands.count >= 12)
            #expect(try Self.completions("kong", "").filter { !$0.hasPrefix("-") } == commands)
            for command in commands {
                let options = try Self.options(of: command)
                #expect(options.contains("--v"), "\(command)")
                let offered = try Self.completions("kong", command, "-")
                #expect(Set(offered) == Set(options + ["--help"]), "kong \(command)")
            }
            #expect(
                try Self.completions("kong", "migrations", "") == ["bootstrap", "finish", "list", "reset", "up"])
        }

        @Test func `zsh's and fish's completions and the manual name every command and option`() throws {
            let zsh = try Self.text("completions/_kong")
            let fish = try Self.text("completions/kong.fish")
            let manual = try Self.text("man/kong.1").replacingOccurrences(of: "\\-", with: "-")
            for command in try Self.commands() {
                for text in [zsh, fish, manual] { #expect(text.contains(command), "\(command)") }
                for option in try Self.options(of: command) {
                    let fishOption = option.hasPrefix("--") ? "-l \(option.dropFirst(2)) " : "-s \(option.dropFirst()) "
                    #expect(
                        zsh.contains(option + "[") || zsh.contains("{\(option),") || zsh.contains(",\(option)}"),
                        "zsh: \(command) \(option)")
                    #expect(fish.contains(fishOption), "fish: \(command) \(option)")
                    #expect(manual.contains("\\fB\(option)\\fR"), "manual: \(command) \(option)")
                }
            }
        }

        // MARK: - Manual pages and units

        @Test func `mandoc finds nothing in the manual pages`() throws {
            try Self.withFolder { folder throws in
                let page = folder + "/kong.conf.5"
                try Data(Command.run(Self.program, ["docs", "man"]).output.utf8).write(to: URL(fileURLWithPath: page))
                let written = Self.root.appendingPathComponent("packaging/man/kong.1").path
                #expect(try Command.run("mandoc", ["-Tlint", written, page]).output == "")
            }
        }

        @Test(arguments: ["kong.service", "kong-hardened.service"])
        func `systemd finds nothing wrong with a unit`(name: String) throws {
            let unit = try Self.text("systemd/\(name)")
            try Self.withFolder { folder throws in
                let path = folder + "/" + name
                let text = unit.replacingOccurrences(of: "/usr/local/bin/kong", with: Self.program)
                try Data(text.utf8).write(to: URL(fileURLWithPath: path))
                let verdict = try Command.run("systemd-analyze", ["verify", "--man=no", path])
                #expect(verdict.status == 0)
                #expect(verdict.output == "")
            }
        }

        @Test func `the unit is the one that Kong's documents show`() throws {
            let lines = try Self.text("systemd/kong.service").split(separator: "\n")
            for line in [
                "Type=forking", "ExecStart=/usr/local/bin/kong start -c /etc/kong/kong.conf",
                "ExecStop=/usr/local/bin/kong stop", "ExecReload=/usr/local/bin/kong reload -c /etc/kong/kong.conf",
                "PIDFile=/usr/local/kong/pids/nginx.pid", "Restart=on-failure",
            ] { #expect(lines.contains(line[...]), "\(line)") }
        }
    }
}
