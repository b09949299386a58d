// Where a request goes instead of to the address of its service, when a plugin decided so.

import Wire

/// Parts of the upstream's address that replace the service's; nil ones stay.
package struct UpstreamChange: Equatable {
    package var usesTLS: Bool?
    /// A name, an address, or the name of an upstream entity.
    package var host: String?
    package var port: Int?

    package init() {}
}

/// A method that replaces the received one.
package struct ChangedMethod: Equatable {
    package let method: Method
    package let name: [UInt8]
}
