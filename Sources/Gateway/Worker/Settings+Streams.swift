// The bounds of streams as kong.conf has them: nginx's directives of the same names, injected into the streams' server
// or into all of their block.

import DataPlane

extension StreamLimits {
    init(_ settings: Settings) {
        self.init()
        func directive(_ name: String) -> String? {
            settings.directive(name, in: .streamProxy) ?? settings.directive(name, in: .stream)
        }
        if let time = directive("preread_timeout").flatMap(NginxTime.milliseconds) { prereadMilliseconds = time }
        if let size = directive("preread_buffer_size").flatMap(Settings.bytes) { prereadBytes = size }
        if let time = directive("ssl_handshake_timeout").flatMap(NginxTime.milliseconds) {
            handshakeMilliseconds = time
        }
    }
}
