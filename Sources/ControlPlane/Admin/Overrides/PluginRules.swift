// Writes of plugins: their protocols are compared with those of routes, and a change to a plugin that is not there
// has a plainer error than elsewhere.

import Schema
import Store

extension WriteRules {
    static let plugins = WriteRules(
        check: { row, context in try await PluginProtocols.check(row, context) },
        missing: { _ in AdminRefusal.notFound })
}
