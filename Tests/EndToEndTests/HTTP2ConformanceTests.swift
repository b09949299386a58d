// HTTP/2 frame by frame: what the specification says, what must not become HTTP/1, and clients that only want to cost
// something (Tests/HTTP2); and reloads under the load of a client that heeds GOAWAY.

import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite("HTTP/2 by frames")
    struct HTTP2Frames {
        /// A node whose requests to /stuck nobody reads, and how often its upstream heard what it must not hear.
        private func with(_ body: (Node, Counter) throws -> Void) throws {
            let smuggled = Counter()
            let origin = try Origin(answering: { request in
                if "\(request.start) \(request.fields)".contains("evil") { smuggled.add(1) }
                return Origin.ok(request.method == "HEAD" ? "" : "hello")
            })
            let deaf = try LocalAddress.listen()
            defer { close(deaf.descriptor) }
            try HTTP2.with(origin, ["nginx_proxy_proxy_request_buffering": "off"]) { node throws in
                try node.route("/stuck", to: deaf.port)
                try body(node, smuggled)
            }
        }

        @Test func `every section of the specification holds, and no request is smuggled`() throws {
            try with { node, smuggled throws in
                for arguments in [["\(node.proxyPort)"], ["--tls", "\(node.tlsPort)"]] {
                    let run = try Python.run("HTTP2/conform.py", arguments)
                    #expect(run.output.contains(" passed, 0 failed\n"), "\(run.output)")
                }
                #expect(smuggled.value == 0)
            }
        }

        @Test func `reloads under load lose no stream that the server took`() throws {
            let origin = try Origin(answering: { _ in Origin.ok() })
            try HTTP2.with(origin) { node throws in
                let output = try Python.loading("HTTP2/load.py", port: node.proxyPort) { try node.reloadThrice() }
                let sums = output.firstMatch(of: /\n(\d+) answered, 0 lost, (\d+) connections\n$/)
                // Each of the six loops uses one connection until the first reload, and others after it.
                #expect(sums.flatMap { Int($0.2) } ?? 0 >= 12, "\(output)")
            }
        }
    }
}

extension Node {
    /// Reloads three times, and waits until no worker from before is left.
    func reloadThrice() throws {
        for _ in 0..<3 {
            let before = Set(workers)
            guard try kong("reload").status == 0 else { throw SocketFault("kong reload failed") }
            guard eventually(within: 20, { !workers.isEmpty && before.isDisjoint(with: workers) }) else {
                throw SocketFault("a worker from before the reload is left")
            }
        }
    }
}
