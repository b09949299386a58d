// The kong command: finds the command, reads its options and runs it.

import Glibc

package struct CommandLineTool {
    let console: Console
    let environment: [String: String]

    package init(console: Console = Console(), environment: [String: String] = Environment.current) {
        self.console = console
        self.environment = environment
    }

    /// Runs a command.
    /// - Parameter arguments: without the name of the program.
    /// - Returns: the exit code.
    package func run(_ arguments: [String]) -> Int32 {
        guard let name = arguments.first else { return showUsage(nil, Command.overview) }
        let command = (Command.all + Command.hidden).first { $0.name == name }
        let options: Options
        do throws(OptionFault) {
            options = try Options(arguments.dropFirst(), known: command?.options ?? [])
        } catch {
            if error == .help, command == nil { return showUsage("No such command: \(name)", Command.overview) }
            return showUsage(error.message, command?.usage ?? Command.overview)
        }
        guard let command else { return showUsage("No such command: \(name)", Command.overview) }
        return run(command, options)
    }

    private func run(_ command: Command, _ options: Options) -> Int32 {
        if !command.subcommands.isEmpty {
            guard let word = options.words.first else { return showUsage(nil, command.usage) }
            guard command.subcommands.contains(where: { $0.name == word }) else {
                return showUsage("No such command for \(command.name): \(word)", command.usage)
            }
        }
        console.threshold = options.has("v") ? .verbose : options.has("vv") ? .debug : .info
        console.verbose("Kong: \(Version.kong)")
        do throws(CommandFault) {
            return try command.run(CommandContext(options: options, environment: environment, console: console))
        } catch {
            console.fail(error.text)
            return 1
        }
    }

    private func showUsage(_ message: String?, _ usage: String) -> Int32 {
        console.complain((message.map { $0 + "\n" } ?? "") + usage)
        return 1
    }
}

/// The versions that the program tells.
package enum Version {
    /// The version of Kong whose place this gateway takes.
    package static let kong = "1.1.2"
}

/// The environment variables of this process.
package enum Environment {
    /// Read from the kernel's copy, since the C library's may change under other threads.
    package static var current: [String: String] {
        let bytes = (try? TextFile.readBytes("/proc/self/environ")) ?? []
        var variables: [String: String] = [:]
        for entry in bytes.split(separator: 0) {
            guard let equals = entry.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = String(decoding: entry[..<equals], as: UTF8.self)
            variables[name] = String(decoding: entry[(equals + 1)...], as: UTF8.self)
        }
        return variables
    }
}
