// The plugins that come with the gateway. A new one is registered by its line here.

import PluginKit
import Schema

package enum Builtins {
    /// The plugins with their behaviour.
    package static let all: [any Plugin.Type] = [
        CorrelationID.self,
        KeyAuth.self,
        RateLimiting.self,
        RequestTermination.self,
    ]

    package static let declarations: [PluginDeclaration] = all.map { $0.declaration }
}
