// Helps the tests of settings: loads from texts instead of files, and collects what the loader tells.

import Gateway

/// Loads the lines of a configuration file with variables of an environment.
func load(_ lines: String..., environment: [String: String] = [:]) throws(SettingsFaults) -> Settings {
    try SettingsLoader(environment: environment).resolve(ConfFile(lines.joined(separator: "\n")).values)
}

/// The faults of a configuration; none when it is valid.
func faults(_ lines: String..., environment: [String: String] = [:]) -> [String] {
    do throws(SettingsFaults) {
        _ = try SettingsLoader(environment: environment).resolve(ConfFile(lines.joined(separator: "\n")).values)
        return []
    } catch {
        return error.texts
    }
}

/// Collects lines that would go to the terminal.
final class Transcript {
    private(set) var output = ""
    private(set) var errors = ""

    func console() -> Console {
        Console(
            sink: { text, isError in
                if isError { self.errors += text } else { self.output += text }
            }, clock: { 0 })
    }
}
