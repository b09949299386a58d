// What the commands below `kong config` do, with Kong's words.

import ControlPlane
import Schema
import Store

struct ConfigCommand {
    let context: CommandContext

    private static let example = "kong.yml"

    private var console: Console { context.console }
    private var name: String { context.options.words.first ?? "" }

    func writeExample() throws(CommandFault) -> Int32 {
        guard !TextFile.exists(Self.example) else {
            throw CommandFault("\(Self.example) already exists in the current directory.\nWill not overwrite it.")
        }
        do throws(FileFault) {
            try TextFile.create(Self.example, ExampleConfiguration.text, mode: 0o666)
        } catch {
            throw CommandFault("\(Self.example): \(error.reason)")
        }
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
