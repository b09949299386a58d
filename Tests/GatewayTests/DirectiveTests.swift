// Directives of nginx in kong.conf: which are refused, and which are told to have no effect.

import Gateway
import Testing

@Suite("Directives")
struct DirectiveTests {
    @Test(arguments: [
        ("nginx_proxy_client_body_timeout", "soon"), ("nginx_http_send_timeout", "1x"),
        ("nginx_http_keepalive_timeout", "1s 2s 3s"), ("nginx_proxy_client_max_body_size", "1t"),
        ("nginx_http_large_client_header_buffers", "4"), ("nginx_http_large_client_header_buffers", "0 8k"),
        ("nginx_proxy_proxy_request_buffering", "maybe"), ("nginx_http_keepalive_requests", "many"),
        ("nginx_http_worker_shutdown_timeout", "-1s"), ("nginx_http_gzip", "yes"),
        ("nginx_http_server_tokens", "none"), ("nginx_proxy_lingering_close", "no"),
        ("nginx_admin_gzip_comp_level", "10"), ("nginx_proxy_gzip_proxied", "any sometimes"),
        ("nginx_proxy_gzip_http_version", "2.0"), ("nginx_http_gzip_disable", "("),
        ("nginx_proxy_add_header", "X-Only"), ("nginx_proxy_add_header", "X-A 1 never"),
        ("nginx_http_add_header", "X-A $no_such_variable"),
    ])
    func `a value that nginx would not start with is refused by the directive's name`(name: String, value: String)
        throws
    {
        let fault = try #require(try load("\(name) = \(value)").directiveFault)
        #expect(fault.contains("directive invalid value \"\(value)\" in \(name)"))
    }

    @Test(arguments: [
        ("nginx_proxy_client_header_timeout", "1h30m"), ("nginx_http_send_timeout", "500ms"),
        ("nginx_http_keepalive_timeout", "75s 60s"), ("nginx_proxy_client_max_body_size", "8m"),
        ("nginx_http_large_client_header_buffers", "8 24k"), ("nginx_proxy_client_body_timeout", "5"),
        ("nginx_proxy_proxy_request_buffering", "off"), ("nginx_http_keepalive_requests", "1000"),
        ("nginx_http_log_format", "mine escape=json '{\"a\":\"$remote_addr\"}' ',$status'"),
        ("nginx_proxy_proxy_buffer_size", "128k"),
        ("nginx_http_gzip", "on"), ("nginx_admin_gzip_types", "application/json text/css"),
        ("nginx_proxy_gzip_types", "*"), ("nginx_http_gzip_min_length", "1k"), ("nginx_http_gzip_vary", "on"),
        ("nginx_http_gzip_proxied", "expired no-cache no-store private auth"),
        ("nginx_http_gzip_disable", "msie6 \"bot/[0-9]+\""), ("nginx_proxy_gzip_http_version", "1.0"),
        ("nginx_proxy_add_header", "X-Frame-Options \"SAME ORIGIN\" always"),
        ("nginx_proxy_add_header", "X-A a; add_header X-B \"b; $remote_addr\""),
        ("nginx_proxy_proxy_hide_header", "X-Powered-By"),
        ("nginx_proxy_access_log", "logs/more.log combined buffer=32k flush=5s if=$http_x_log"),
        ("nginx_admin_access_log", "off"), ("nginx_http_server_tokens", "off"), ("nginx_proxy_proxy_buffering", "off"),
        ("nginx_proxy_lingering_close", "off"), ("nginx_http_chunked_transfer_encoding", "on"),
        ("nginx_http_worker_shutdown_timeout", "10s"), ("nginx_http_client_body_temp_path", "/var/tmp/bodies 1 2"),
    ])
    func `values in nginx's notation are taken without a word`(name: String, value: String) throws {
        let settings = try load("\(name) = \(value)")
        #expect(settings.directiveFault == nil)
        #expect(settings.directiveWarning == nil)
    }

    @Test(arguments: [
        ("nginx_http_log_format = mine", "invalid number of arguments in nginx_http_log_format"),
        ("nginx_http_log_format = mine 'open", "invalid number of arguments in nginx_http_log_format"),
        ("nginx_http_log_format = mine escape=xml '$status'", "unknown log format escaping \"escape=xml\""),
        ("nginx_http_log_format = mine 'a' '$nothing'", "unknown \"nothing\" variable in nginx_http_log_format"),
        ("proxy_access_log = logs/a.log mine", "unknown log format \"mine\" in proxy_access_log"),
        ("admin_access_log = logs/a.log combined zip", "invalid parameter \"zip\" in admin_access_log"),
        ("nginx_proxy_access_log = logs/a.log none", "unknown log format \"none\" in nginx_proxy_access_log"),
        ("nginx_proxy_access_log = off combined", "invalid parameter \"combined\" in nginx_proxy_access_log"),
        ("nginx_http_access_log = a.log combined if=$nothing", "unknown \"nothing\" variable in nginx_http_access_log"),
    ])
    func `a format of a log that nginx would not start with is refused`(line: String, fault: String) throws {
        #expect(try load(line).directiveFault?.contains(fault) == true)
    }

    @Test func `a log's path ends where the name of its format begins`() throws {
        let settings = try load("prefix = /p", "proxy_access_log = logs/a.log combined", "admin_access_log = off")
        #expect(settings.proxyAccessLog == "/p/logs/a.log")
        #expect(settings.adminAccessLog == nil)
        #expect(settings.directiveFault == nil)
    }

    @Test func `one line names all directives without an equivalent`() throws {
        let settings = try load("nginx_http_lua_regex_match_limit = 5", "nginx_admin_send_timeout = 1s")
        #expect(
            settings.directiveWarning
                == "no effect here: nginx_admin_send_timeout, nginx_http_lua_regex_match_limit")
        #expect(try load().directiveWarning == nil)
        let others = try load(
            "nginx_http_gzip = on; gzip_static on; map $a $b { c '}'; } gzip_vary on", "nginx_http_access_log = a.log",
            "nginx_proxy_access_log = syslog:server=127.0.0.1; access_log a.log combined gzip=3")
        #expect(
            others.directiveWarning
                == "no effect here: nginx_http_access_log, nginx_http_gzip_static, nginx_http_map, "
                + "syslog:server=127.0.0.1 of nginx_proxy_access_log, gzip=3 of nginx_proxy_access_log")
    }
}
