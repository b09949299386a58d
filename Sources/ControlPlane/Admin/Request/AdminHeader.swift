// Header lines of the Admin API. Their order is kept and nothing is folded, so that a listener can write them as
// they are.

import PluginKit

/// One header line of an Admin API request or response.
package struct AdminHeader: Sendable, Equatable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

extension AdminHeader {
    /// The Admin API is open to pages of every origin, as Kong's is.
    static let openToAllOrigins = AdminHeader("Access-Control-Allow-Origin", "*")
    /// Who answers where Kong's own code is not asked.
    static let nginx = AdminHeader("Server", NginxPage.server)
}
