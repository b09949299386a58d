// The commands that start and stop nothing: check, prepare, version, roar and docs.

extension Command {
    static let check = Command(
        name: "check", synopsis: "<conf>",
        summary: "Check whether a configuration file is valid (/etc/kong/kong.conf when none is named)."
    ) { context throws(CommandFault) in
        let path = context.options.words.first ?? SettingsLoader.searchPaths[0]
        let console = context.console
        do throws(SettingsFaults) {
            let loader = SettingsLoader(environment: context.environment) { console.log($0, $1) }
            _ = try loader.load(path: path)
        } catch {
            for text in error.texts { console.log(.error, text) }
            return 1
        }
        console.info("configuration at \(path) is valid")
        return 0
    }

    static let prepare = Command(
        name: "prepare", synopsis: "[OPTIONS]",
        summary: "Prepare the prefix: its folders, logs, certificates and settings.",
        options: [.conf, .prefix, .nginxConf]
    ) { context throws(CommandFault) in
        let settings = try context.requestedSettings()
        do throws(CommandFault) {
            try context.checkTemplate()
            _ = try PrefixPreparation(settings, context.console).run()
        } catch {
            throw CommandFault("could not prepare Kong prefix at \(settings.prefix): \(error.text)")
        }
        return 0
    }

    static let version = Command(
        name: "version", synopsis: "[OPTIONS]", summary: "Show the version.",
        options: [Option("all", "a", .flag, "show the versions of all parts")]
    ) { context throws(CommandFault) in
        context.console.print(context.options.has("all") ? "Kong: \(Version.kong)" : Version.kong)
        return 0
    }

    static let roar = Command(name: "roar", synopsis: "", summary: "Roar.") { context throws(CommandFault) in
        context.console.print(gibbon + "\nKong, Monolith destroyer.")
        return 0
    }

    private static let gibbon = #"""
              .-"""-.
             /  _ _  \
          __|  (o o)  |__
         (__   ( . )   __)
            \  '-=-'  /
        .----'.     .'----.
        |  .-. '---' .-.  |
        |  |  \     /  |  |
        |  |   )   (   |  |
         \  '-'     '-'  /
          '-.._______..-'
        """#

    static let docs = Command(
        name: "docs", synopsis: "COMMAND", summary: "Print documents that are generated from the program.",
        subcommands: [
            ("settings", "the reference page of the settings"), ("kong.conf", "kong.conf.default"),
            ("man", "the manual page kong.conf(5)"),
        ]
    ) { context throws(CommandFault) in
        switch context.options.words.first {
        case "settings": context.console.print(Property.reference)
        case "man": context.console.print(Property.manual)
        default: context.console.print(Property.confDefault)
        }
        return 0
    }
}
