// bot-detection: refuses clients whose User-Agent is that of a known robot.
// Settings only: what it does with a request is not built yet.

import Schema

package enum BotDetection {
    package static let declaration = PluginDeclaration(
        name: "bot-detection", version: "1.0.0", priority: 2500, config: Config.schema, scopes: [.route, .service])

    package struct Config: Declared {
        package var whitelist: [String] = []
        package var blacklist: [String] = []

        package init() {}

        package static let fields: [Field<Self>] = [
            Field("whitelist", \.whitelist, .each(.regex), doc: "User agents that pass whatever they are."),
            Field("blacklist", \.blacklist, .each(.regex), doc: "Further user agents that are refused."),
        ]
    }
}
