// What breaks a rule today. These lists may only get shorter: an entry that is no longer needed fails its test, too.

enum Exceptions {
    /// Files of more than 500 lines, with the length that they may have.
    static let fileLengths: [String: Int] = [:]

    /// Functions of more than 70 lines as "path: name", with the length that they may have.
    static let functionLengths: [String: Int] = [:]

    /// Files that touch unsafe memory or vouch for what the compiler cannot check. Each says why in a comment.
    static let unsafe: Set<String> = [
        "Sources/DataPlane/Address/IPAddress.swift",
        "Sources/DataPlane/Answers/Deflater.swift",
        "Sources/DataPlane/DNS/AresChannel.swift",
        "Sources/DataPlane/Log/LogChunk.swift",
        "Sources/DataPlane/Log/LogDescriptor.swift",
        "Sources/DataPlane/Outbound/SystemLog.swift",
        "Sources/DataPlane/Router/ByteHash.swift",
        "Sources/DataPlane/Router/Pattern.swift",
        "Sources/DataPlane/Spool/SpoolFile.swift",
        "Sources/Gateway/Files/TextFile.swift",
        "Sources/Gateway/Process/ChildProcess.swift",
        "Sources/Gateway/Process/ListenSockets.swift",
        "Sources/Gateway/Process/StartupPages.swift",
        "Sources/Gateway/Process/SystemdNotification.swift",
        "Sources/Gateway/Settings/HostAddress.swift",
        "Sources/Lua/LuaArguments.swift",
        "Sources/Lua/LuaState.swift",
        "Sources/Lua/Regex.swift",
        "Sources/Plugins/Authentication/JSONWebToken.swift",
        "Sources/Store/Postgres/Connection/PostgresResult.swift",
        "Sources/Store/Postgres/Connection/PostgresText.swift",
        "Sources/Wire/AsciiWord.swift",
        "Tests/DataPlaneTests/Log/TemporaryDirectory.swift",
        "Tests/EndToEndTests/Peers/LocalAddress.swift",
        "Tests/GatewayTests/ProcessTests.swift",
        "Tests/GatewayTests/SystemdNotificationTests.swift",
        "Tests/StoreTests/Postgres/PostgresServer.swift",
    ]
}
