// The properties about TLS and about the treatment of requests.

extension Property {
    static let tls = Section(
        title: "TLS",
        properties: [
            Property(
                "ssl_cert", .text(digits: false),
                doc:
                    "The certificate file (PEM) of the proxy's TLS listeners for names without one of their own. "
                    + "Without it a self-signed certificate is generated below the prefix."),
            Property(
                "ssl_cert_key", .text(digits: false),
                doc: "The private key file (PEM) that belongs to ssl_cert."),
            Property(
                "client_ssl", .boolean, default: "off",
                doc: "Whether the proxy shows a certificate to upstream services that ask for one."),
            Property(
                "client_ssl_cert", .text(digits: false),
                doc: "The certificate file (PEM) that client_ssl shows."),
            Property("client_ssl_cert_key", .text(digits: false), doc: "The private key file of client_ssl_cert."),
            Property(
                "ssl_cipher_suite", .text(digits: false), default: "modern",
                doc: "Which TLS ciphers are offered: modern, intermediate, old, or custom for those of ssl_ciphers."),
            Property(
                "ssl_ciphers", .text(digits: false), default: CipherSuite.modern.ciphers,
                doc: "The TLS ciphers in OpenSSL's notation. Only read with ssl_cipher_suite = custom."),
            Property(
                "admin_ssl_cert", .text(digits: false),
                doc: "The certificate file (PEM) of the Admin API's TLS listeners. Without it a self-signed one is "
                    + "generated below the prefix."),
            Property("admin_ssl_cert_key", .text(digits: false), doc: "The private key file of admin_ssl_cert."),
        ])

    static let requests = Section(
        title: "Requests",
        properties: [
            Property(
                "upstream_keepalive", .number, default: "60",
                doc: "How many idle connections to upstream services are kept for each event loop; 0 keeps none."),
            Property(
                "headers", .list, default: "server_tokens, latency_tokens",
                doc: "The headers that the proxy adds to answers: server_tokens (Via and Server), latency_tokens "
                    + "(X-Kong-Proxy-Latency and X-Kong-Upstream-Latency), each of these by its own name, "
                    + "X-Kong-Upstream-Status, or off for none."),
            Property(
                "trusted_ips", .list,
                doc: "The addresses and CIDR blocks whose X-Forwarded-* headers are believed. unix: stands for all "
                    + "unix domain sockets."),
            Property(
                "real_ip_header", .text(digits: true), default: "X-Real-IP",
                doc: "The header in which trusted senders tell the client's address, or proxy_protocol."),
            Property(
                "real_ip_recursive", .onOff, default: "off",
                doc:
                    "Whether the client's address is the last one in real_ip_header that is not trusted (on) or simply "
                    + "the last one (off)."),
            Property(
                "client_max_body_size", .text(digits: true), default: "0",
                doc: "The largest request body, in bytes or with k, m or g behind the number; larger ones are answered "
                    + "with 413. 0 means no limit."),
            Property(
                "client_body_buffer_size", .text(digits: true), default: "8k",
                doc: "How much of a request body is held in memory for plugins that read bodies."),
            Property(
                "error_default_type", .choice(["application/json", "application/xml", "text/html", "text/plain"]),
                default: "text/plain",
                doc: "The form of the proxy's own errors for clients that send no Accept header."),
        ])
}
