// The messages the fuzz tests start from, and the pieces they put into them.

enum Corpus {
    static let requests = [
        "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n",
        "GET /a/b?x=1&y=%20 HTTP/1.1\r\nHost: a.test:8000\r\nAccept: */*\r\n\r\nGET / HTTP/1.1\r\n",
        "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
        "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3;x\r\nabc\r\n0\r\nT:\r\n\r\nGET",
        "GET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n",
        "DELETE /a HTTP/1.1\r\nHost: [::1]:80\r\nX_y: \tz \r\nCookie: a=b; c=d\r\nEmpty:\r\n\r\n",
        "GET http://b.test:81/x?y HTTP/1.1\r\nHost: b.test:81\r\n\r\n",
        "OPTIONS /o HTTP/1.1\r\nHost: a\r\nOrigin: http://c\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
        "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    ]

    static let responses = [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServer: x\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/plain\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.0 200 OK\r\n\r\nuntil the end", "HTTP/1.1 204 No Content\r\nDate: x\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nETag: \"a\"\r\n\r\n",
        "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: /x\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\nConnection: close\r\n\r\nbody",
    ]

    static let chunkedBodies = [
        "5\r\nhello\r\n3;x=y\r\nabc\r\n0\r\nX-T: 1\r\n\r\nGET", "10\r\n0123456789abcdef\r\n0\r\n\r\n",
        "A\r\n0123456789\r\na;n=\"v \\\" w\";m\r\n0123456789\r\n00\r\n\r\n", "1\r\n\r\r\n2\r\n\r\n\r\n0\r\n\r\n",
        "0;last\r\nA: b\r\nC:\r\n\r\n",
    ]

    /// What is put into chunked bodies: other notations of a size, ends of lines of other kinds, ends too early.
    static let chunkSnippets = [
        "0x", "0X10", "+5", "-1", "1_0", "1e1", " ", "\t", "0\r\n\r\n", "0\n\n", "\n", "\r", "\r\r\n", "\0", ";", ";\n",
        ";\r",
        ";a=\"\n\"", ";a=\"\r\n\"", "\u{b}", "\u{a0}", "8000000000000000", "ffffffffffffffff", "10000000000000000",
        "000000000",
        "5\r\nhello\r\n", "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", "X : y\r\n", " z\r\n", ",",
        "0,5\r\n",
    ]

    static let snippets = [
        "\r\n", "\n", "\r", " ", "\t", ":", "\0", "%", "..", "/", "?", "#", ",", ";", "0", "x", "\u{7f}", "\u{e9}",
        "\r\n ", "\r\n\t",
        "\r\n\r\n", "Content-Length: 5\r\n", "Content-Length: 0\r\n", "Transfer-Encoding: chunked\r\n",
        "content-length: 3\r\n",
        "Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding : chunked\r\n", "Transfer-Encoding:\tchunked \r\n",
        "Transfer-Encoding: identity\r\n", "Host: b\r\n", "Connection: close, keep-alive\r\n",
        "Connection: upgrade\r\n",
        "Upgrade: h2c\r\n", "nocolon\r\n", "X-A: b\r\n", " HTTP/1.1", "HTTP/1.0", "0\r\n\r\n", "3\r\nabc\r\n",
        "ffffffffffffffff\r\n", "Transfer-Encoding: chunked, identity\r\n", "Transfer-Encoding: \u{b}chunked\r\n",
        "Transfer-Encoding: chunked\r\n\t\r\n", "Transfer-Encoding\0: chunked\r\n", "Content-Length: 0x5\r\n",
        "Content-Length: +5\r\n", "Content-Length: 5, 5\r\n", "Content-Length: 1_0\r\n", "Content_Length: 3\r\n",
        "Content-Length: 99999999999999999999\r\n", "Connection: Content-Length\r\n", "Host:\r\n", "Host: a, b\r\n",
        "http://b.test", "https://c:99", "HTTP/1.1\r\nHost: evil\r\n", "Expect: 100-continue\r\n",
    ]
}
