// swift-tools-version:6.2
// The targets and who may know whom; ARCHITECTURE.md has the map.
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

// The request path runs on one event loop by construction; checking each access to a property for overlap at run time
// cost 5 % of a request (docs/performance.md).
let hot = strict + [.unsafeFlags(["-enforce-exclusivity=unchecked"])]

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let nioHTTP2: Target.Dependency = .product(name: "NIOHTTP2", package: "swift-nio-http2")
let nioHPACK: Target.Dependency = .product(name: "NIOHPACK", package: "swift-nio-http2")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let hashTrees: Target.Dependency = .product(name: "HashTreeCollections", package: "swift-collections")

func module(
    _ name: String, _ dependencies: [Target.Dependency] = [], _ settings: [SwiftSetting] = strict
) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
    name: "gibbon",
    products: [.executable(name: "kong", targets: ["Gateway"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CPcre2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
        .systemLibrary(name: "CAres", pkgConfig: "libcares", providers: [.apt(["libc-ares-dev"])]),
        .systemLibrary(name: "CLuaJIT", pkgConfig: "luajit", providers: [.apt(["libluajit-5.1-dev"])]),
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        module("Schema"),
        module("Entities", ["Schema"]),
        module("Store", ["Schema", "CPostgres", grdb, hashTrees]),
        module("Wire", [nioCore], hot),
        module("PluginKit", ["Wire", "Schema", nioCore], hot),
        module("Lua", ["PluginKit", "Schema", "Wire", "CLuaJIT", "CPcre2", nioCore, crypto], hot),
        module("Plugins", ["PluginKit", "Lua", "Schema", "Wire", nioCore, crypto, cryptoExtras], hot),
        module(
            "DataPlane",
            [
                "PluginKit", "Wire", "Schema", "CPcre2", "CAres", "CZlib", nioCore, nioPosix, nioSSL, nioHTTP2,
                nioHPACK,
            ], hot),
        module(
            "ControlPlane",
            [
                "DataPlane", "Plugins", "PluginKit", "Entities", "Store", "Schema",
                .product(name: "Yams", package: "Yams"),
            ]),
        .executableTarget(
            name: "Gateway",
            dependencies: [
                "ControlPlane", "DataPlane", "PluginKit", "Plugins", "Entities", "Store", "Schema", "CLuaJIT", nioCore,
                nioPosix, nioSSL,
                .product(name: "X509", package: "swift-certificates"),
                crypto,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "RouterBenchmark", dependencies: ["DataPlane"], path: "Benchmarks/RouterBenchmark",
            swiftSettings: strict),
        tests("SchemaTests", ["Schema"]),
        tests("EntitiesTests", ["Entities", "Schema"]),
        tests("StoreTests", ["Store", "Entities", "Plugins", "Schema", grdb]),
        tests("WireTests", ["Wire", nioCore, nioEmbedded, nioHPACK, .product(name: "NIOHTTP1", package: "swift-nio")]),
        tests("PluginKitTests", ["PluginKit", "Schema", "Wire", nioCore]),
        tests("LuaTests", ["Lua", "PluginKit", "Schema", "Wire", nioCore]),
        tests("PluginsTests", ["Plugins", "PluginKit", "Schema", "Wire", nioCore, nioEmbedded]),
        tests("DataPlaneTests", ["DataPlane", "PluginKit", "Schema", "Wire", nioCore, nioPosix, nioEmbedded]),
        tests(
            "ControlPlaneTests", ["ControlPlane", "DataPlane", "Entities", "Plugins", "PluginKit", "Store", "Schema"]),
        tests("GatewayTests", ["Gateway", "DataPlane", "Schema"]),
        tests("EndToEndTests", []),
        tests("TidyTests", []),
    ]
)
