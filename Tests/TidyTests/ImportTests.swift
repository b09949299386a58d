// Who may know whom (ARCHITECTURE.md, "What may import what"). The package manager would let a target use whatever some
// other target of the same build has made visible; these lists do not.

import Testing

struct ImportTests {
    /// The modules of this repository and of others that each target may import.
    private static let allowed: [String: Set<String>] = [
        "Schema": ["Glibc"],
        "Entities": ["Schema"],
        "Store": [
            "CPostgres", "Dispatch", "Foundation", "GRDB", "Glibc", "HashTreeCollections", "Schema", "Synchronization",
        ],
        "Wire": ["NIOCore"],
        "PluginKit": ["NIOCore", "Schema", "Synchronization", "Wire"],
        "Lua": ["CLuaJIT", "CPcre2", "Crypto", "NIOCore", "PluginKit", "Schema", "Synchronization", "Wire"],
        "Plugins": [
            "Crypto", "CryptoExtras", "Glibc", "Lua", "NIOCore", "PluginKit", "Schema", "Synchronization", "Wire",
        ],
        "DataPlane": [
            "CAres", "CPcre2", "CZlib", "Glibc", "NIOCore", "NIOHPACK", "NIOHTTP2", "NIOPosix", "NIOSSL", "NIOTLS",
            "PluginKit", "Schema", "Synchronization", "Wire",
        ],
        "ControlPlane": [
            "DataPlane", "Entities", "Foundation", "PluginKit", "Plugins", "Schema", "Store",
            "Synchronization", "Yams",
        ],
        "Gateway": [
            "CLuaJIT", "ControlPlane", "Crypto", "DataPlane", "Dispatch", "Entities", "FoundationEssentials", "Glibc",
            "NIOCore", "NIOPosix", "NIOSSL", "PluginKit", "Plugins", "Schema", "Store", "SwiftASN1", "Synchronization",
            "X509",
        ],
    ]

    /// Targets of the request path: Foundation's strings and dates cost what a request has not got.
    private static let withoutFoundation: Set<String> = [
        "Schema", "Wire", "PluginKit", "Lua", "Plugins", "DataPlane",
    ]

    @Test func `targets import only what they may know`() {
        for file in Repository.sources {
            guard let allowed = Self.allowed[file.target] else {
                Issue.record("\(file.path): the target \(file.target) has no list of imports")
                continue
            }
            for module in file.imports where !allowed.contains(module) {
                Issue.record("\(file.path) imports \(module), which \(file.target) must not know")
            }
        }
    }

    @Test func `what a target may import but does not is taken off its list`() {
        for (target, allowed) in Self.allowed {
            let used = Set(Repository.sources.filter { $0.target == target }.flatMap(\.imports))
            #expect(allowed.subtracting(used) == [], "\(target)")
        }
    }

    @Test func `the targets of the request path do without Foundation`() {
        for file in Repository.sources where Self.withoutFoundation.contains(file.target) {
            for module in file.imports {
                #expect(!module.hasPrefix("Foundation"), "\(file.path)")
            }
        }
    }

    @Test func `tests see what others see`() {
        for file in Repository.swiftFiles where file.target != "TidyTests" {
            #expect(file.code(with: "@testable").isEmpty, "\(file.path)")
        }
    }
}
