// What the commands below `kong config` do, with Kong's words.

import ControlPlane
import Schema
import Store

struct ConfigCommand {
    let context: CommandContext

    /// The name of the file that is written when none is given.
    private static let fileName = "kong.yml"

    private var console: Console { context.console }
    private var name: String { context.options.words.first ?? "" }

    func writeExample() throws(CommandFault) -> Int32 {
        guard !TextFile.exists(Self.fileName) else {
            throw CommandFault("\(Self.fileName) already exists in the current directory.\nWill not overwrite it.")
        }
        try write(ExampleConfiguration.text, to: Self.fileName, mode: 0o666)
        return 0
    }

    func run(_ settings: Settings) throws(CommandFault) -> Int32 {
        guard settings.database != .off || name == "parse" else {
            throw CommandFault(
                "'kong config \(name)' only works with a database.\n"
                    + "When using database=off, reload your declarative configuration\nusing the /config endpoint.")
        }
        let validation = ValidationContext(catalog: try ControlPlaneNode.catalog(settings), syntax: .checked)
        switch name {
        case "db_import": try importFile(settings, validation)
        case "db_export": try exportFile(settings, validation)
        case "diff": return try compareFile(settings, validation)
        default:
            _ = try readFile(validation)
            console.info("parse successful")
        }
        return 0
    }

    private func importFile(_ settings: Settings, _ validation: ValidationContext) throws(CommandFault) {
        let configuration = try readFile(validation)
        console.info("parse successful, beginning import")
        let database = try NodeDatabase(settings, validation.catalog)
        do throws(StoreError) {
            try database.apply(configuration.writes(validation))
        } catch {
            throw CommandFault("Failed importing:\n\(database.text(of: error))")
        }
        console.info("import successful")
    }

    /// Rows hold passwords and keys: the file is its owner's alone.
    private func exportFile(_ settings: Settings, _ validation: ValidationContext) throws(CommandFault) {
        let file = context.options.words.dropFirst().first ?? Self.fileName
        let isJSON = file.hasSuffix("json")
        guard isJSON || file.hasSuffix("yml") || file.hasSuffix("yaml") else {
            throw CommandFault("unknown file extension (json, yaml are supported): \(file)")
        }
        guard !TextFile.exists(file) else { throw CommandFault("\(file) already exists.\nWill not overwrite it.") }
        let export = DeclarativeExport(try loadAll(settings, validation), validation)
        try write(isJSON ? export.json : export.yaml, to: file, mode: 0o600)
        console.info("exported \(export.count) entities to \(file)")
    }

    /// - Returns: the exit code: 2 where an import would change something.
    private func compareFile(_ settings: Settings, _ validation: ValidationContext) throws(CommandFault) -> Int32 {
        let configuration = try readFile(validation)
        let difference = DeclarativeDifference(
            from: try loadAll(settings, validation), to: configuration, validation)
        if context.options.has("json") {
            console.print(difference.json.text)
        } else {
            for line in difference.lines { console.print(line) }
        }
        return difference.isEmpty ? 0 : 2
    }

    private func loadAll(_ settings: Settings, _ validation: ValidationContext) throws(CommandFault) -> Dataset {
        let database = try NodeDatabase(settings, validation.catalog)
        do throws(StoreError) {
            return try database.loadAll()
        } catch {
            throw CommandFault(database.text(of: error))
        }
    }

    private func write(_ text: String, to file: String, mode: UInt32) throws(CommandFault) {
        do throws(FileFault) {
            try TextFile.create(file, text, mode: mode)
        } catch {
            throw CommandFault("\(file): \(error.reason)")
        }
    }

    private func readFile(_ validation: ValidationContext) throws(CommandFault) -> DeclarativeConfiguration {
        guard let file = context.options.words.dropFirst().first else {
            throw CommandFault("expected a declarative configuration file; see `kong config --help`")
        }
        do throws(DeclarativeError) {
            return try DeclarativeReader(context: validation).read(file: file, lua: LuaDocument.read)
        } catch {
            // Kong stumbles over a list. Its text stays for whom it tells something; the next line is for the others.
            guard !error.isList else {
                throw CommandFault(
                    "attempt to concatenate local 'item' (a nil value)\n\tthe document is a list: \(error.text)")
            }
            throw CommandFault("Failed parsing:\n\(error.text)")
        }
    }
}
