// Why no connection to an upstream came about, in nginx' words.

import Glibc
import NIOCore

struct ConnectFailure {
    let isTimeout: Bool
    let text: String

    init(_ error: any Error) {
        switch error {
        case HandshakeFailure.timedOut:
            isTimeout = true
            text = "upstream timed out (110: Connection timed out) while SSL handshaking to upstream"
        case HandshakeFailure.closed:
            isTimeout = false
            text = "peer closed connection in SSL handshake while SSL handshaking to upstream"
        case HandshakeFailure.refused(let reason):
            isTimeout = false
            text = "SSL_do_handshake() failed (\(reason)) while SSL handshaking to upstream"
        case ChannelError.connectTimeout:
            isTimeout = true
            text = "upstream timed out (110: Connection timed out) while connecting to upstream"
        case let error as IOError:
            isTimeout = false
            text = "connect() failed (\(UpstreamFailure.text(error.errnoCode))) while connecting to upstream"
        default:
            isTimeout = false
            text = "connect() failed (\(error)) while connecting to upstream"
        }
    }

    /// What the system or the TLS library says, as cosockets tell it.
    static func reason(_ error: any Error) -> String {
        switch error {
        case HandshakeFailure.timedOut, ChannelError.connectTimeout: "timeout"
        case HandshakeFailure.closed: "handshake failed: closed"
        case HandshakeFailure.refused(let reason): "handshake failed: \(reason)"
        case let error as IOError: String(cString: strerror(error.errnoCode)).lowercased()
        default: "\(error)"
        }
    }
}
