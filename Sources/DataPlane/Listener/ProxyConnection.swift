// What a balancer's PROXY protocol header means for a connection that carries HTTP.

import PluginKit

extension ClientConnection: ProxiedConnection {
    /// With `real_ip_header = proxy_protocol` a trusted balancer's word on the client counts.
    func introduced(by header: ProxyHeader) {
        guard let source = header.source else { return }
        facts.proxied = Array(source.address.utf8)
        facts.proxiedPort = Int(source.port)
        if facts.isTrusted, configuration.realIPHeader == "proxy_protocol" {
            exchange.clientAddress = Array(source.address.utf8)
        }
    }

    func headerIsBroken(_ start: String) {
        loop.errorLog.log(
            .error, "broken header: \"\(start)\" while reading PROXY protocol",
            context: ErrorContext(
                connection: exchange.connectionSerial, client: String(decoding: exchange.clientAddress, as: UTF8.self),
                server: "kong"))
    }
}
