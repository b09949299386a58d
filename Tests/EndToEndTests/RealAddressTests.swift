// Who the client is when a trusted peer speaks for it: in a header, compared with what nginx makes of the same header,
// and by the PROXY protocol as HAProxy sends it.

import Foundation
import Testing

extension EndToEnd {
    @Suite("Real addresses")
    struct RealAddresses {
        private static let echo: @Sendable (Message) -> String = { Origin.ok($0.fields["x-real-ip"] ?? "none") }

        /// Values of the header, one or several lines of it.
        private static let values: [[String]] = [
            ["1.2.3.4"], ["10.0.0.9"], ["1.2.3.4, 10.0.0.1"], ["1.2.3.4,10.0.0.1,10.0.0.2"], ["1.2.3.4 10.0.0.1"],
            ["10.0.0.9, 10.0.0.8"], ["5.6.7.8, 1.2.3.4"], ["  1.2.3.4  "], ["1.2.3.4 , , 10.0.0.1"],
            ["junk"], ["unknown"], ["1.2.3.4, junk"], ["junk, 10.0.0.1"], ["256.1.1.1"], ["1.2.3"], ["1.2.3.4;5.6.7.8"],
            ["1.2.3.4,\t10.0.0.1"], [""], ["1.2.3.4,"], [",1.2.3.4"], [", 10.0.0.1"],
            ["1.2.3.4:80"], ["1.2.3.4:0"], ["1.2.3.4:"], ["1.2.3.4:65536"], ["1.2.3.4:x"], ["1.2.3.4, 10.0.0.1:443"],
            ["2001:DB8::1"], ["2001:0db9:0:0::1, 10.0.0.1"], ["2001:db9::1, 2001:db8::2"], ["[2001:db9::1]:80"],
            ["[2001:db9::1]"], ["[2001:db9::1]:"], ["::ffff:10.0.0.1"], ["1.2.3.4, ::ffff:10.0.0.1"],
            ["1.2.3.4", "10.0.0.1"], ["10.0.0.1", "1.2.3.4"], ["1.2.3.4, junk", "10.0.0.1"], ["1.2.3.4", "junk"],
            ["1.2.3.4", ""], ["5.6.7.8", ",10.0.0.1"], ["1.2.3.4", "10.0.0.1", "10.0.0.2, 10.0.0.3"],
        ]

        @Test(arguments: ["X-Forwarded-For", "X-Real-IP", "X-Client"])
        func `the address is the one that nginx finds`(header: String) throws {
            let origin = try Origin(answering: Self.echo)
            defer { origin.stop() }
            for recursive in ["off", "on"] {
                let port = try LocalAddress.freePorts(1)[0]
                let server = """
                    server {
                        listen 127.0.0.1:\(port);
                        set_real_ip_from 127.0.0.1;
                        set_real_ip_from 10.0.0.0/8;
                        set_real_ip_from 2001:db8::/32;
                        real_ip_header \(header);
                        real_ip_recursive \(recursive);
                        location / { return 200 $remote_addr; }
                    }
                    """
                let settings = [
                    "real_ip_header": header, "real_ip_recursive": recursive,
                    "trusted_ips": "127.0.0.1, 10.0.0.0/8, 2001:db8::/32",
                ]
                try Node.with(settings) { node throws in
                    try node.route("/", to: origin.port)
                    try Daemon.nginx(server, port: port) { () throws in
                        let ours = try addresses(node.proxyPort, header)
                        let theirs = try addresses(port, header)
                        #expect(ours == theirs, "\(header), real_ip_recursive \(recursive)")
                    }
                }
            }
        }

        /// What a server makes of each value, a line each.
        private func addresses(_ port: Int, _ header: String) throws -> [String] {
            let client = try Socket.connect(port: port)
            defer { client.close() }
            return try Self.values.map { lines in
                let fields = lines.map { "\(header): \($0)\r\n" }.joined()
                return "\(lines): \(try client.get("/", fields).text)"
            }
        }

        @Test func `HAProxy introduces clients of HTTP and TLS, in both versions of the PROXY protocol`() throws {
            let settings = [
                "proxy_listen": "127.0.0.1:{proxy} proxy_protocol, 127.0.0.1:{tls} ssl proxy_protocol",
                "real_ip_header": "proxy_protocol", "trusted_ips": "127.0.0.1",
            ]
            try Node.with(origin: try Origin(answering: Self.echo), settings) { node throws in
                for kind in ["send-proxy", "send-proxy-v2", "send-proxy-v2-ssl", "send-proxy-v2 check inter 100ms"] {
                    let ports = try LocalAddress.freePorts(2)
                    let listeners = zip(["plain", "tls"], zip(ports, [node.proxyPort, node.tlsPort])).map {
                        name, pair in
                        """
                        listen \(name)
                            bind 127.0.0.1:\(pair.0)
                            server node 127.0.0.1:\(pair.1) \(kind)

                        """
                    }
                    try Daemon.haproxy(listeners.joined(), port: ports[1]) { () throws in
                        for url in ["http://127.0.0.1:\(ports[0])/", "https://127.0.0.1:\(ports[1])/"] {
                            let run = try Command.run("curl", ["-sk", "--interface", "127.0.0.5", url])
                            #expect(run.output == "127.0.0.5", "\(kind) \(url)")
                        }
                    }
                }
            }
        }
    }
}
