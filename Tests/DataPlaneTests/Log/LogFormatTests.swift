// Formats of access lines: what may stand in one, and what is refused by its name.

import DataPlane
import Testing

@Suite("Log formats")
struct LogFormatTests {
    @Test(arguments: [
        "plain text", "$remote_addr", "${remote_addr}x", "[$time_local] \"$request\" $status", "$http_x_request_id",
        "$sent_http_content_type $upstream_http_server", "$arg_page $cookie_session", "$upstream_addr|$request_time",
        "$ssl_cipher $gzip_ratio $upstream_cookie_id",
        "",
    ])
    func `what nginx knows and a request has is taken`(text: String) throws {
        _ = try LogFormat(text)
    }

    @Test(arguments: [
        ("$no_such_thing", "unknown \"no_such_thing\" variable"), ("$http_", "unknown \"http_\" variable"),
        ("a $ b", "invalid variable name in log_format"),
        ("${status", "the closing bracket in \"status\" variable is missing"),
        ("$tcpinfo_rtt", "unknown \"tcpinfo_rtt\" variable"),
    ])
    func `what is not known is told by its name`(text: String, fault: String) {
        #expect(throws: LogFormat.Fault(text: fault)) { try LogFormat(text) }
    }
}
