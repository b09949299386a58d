// JSON, regular expressions, codes, times and the log.

import Lua
import PluginKit
import Testing

@Suite struct LibraryTests {
    @Test(arguments: [
        ("ngx.md5('abc')", "900150983cd24fb0d6963f7d28e17f72"), ("#ngx.md5_bin('abc')", "16"),
        ("#ngx.sha1_bin('abc')", "20"),
        ("ngx.encode_base64(ngx.hmac_sha1('key', 'text'))", "Np4pWetJRQM4shJ0j3fY3tdIR7s="),
        ("ngx.crc32_short('hello, world')", "4289425978"), ("ngx.crc32_long('')", "0"),
        ("ngx.encode_base64('abc')", "YWJj"), ("ngx.encode_base64('ab', true)", "YWI"),
        ("ngx.decode_base64('YWI=')", "ab"), ("ngx.decode_base64('?')", "nil"),
        ("ngx.escape_uri('a b/c?ü')", "a%20b%2Fc%3F%C3%BC"), ("ngx.unescape_uri('a%20b+c')", "a b c"),
        ("ngx.encode_args({ a = 'x y' })", "a=x%20y"), ("ngx.decode_args('a=1&b').b", "true"),
        ("ngx.http_time(1290079655)", "Thu, 18 Nov 2010 11:27:35 GMT"),
        ("ngx.parse_http_time('Thu, 18 Nov 2010 11:27:35 GMT')", "1290079655"),
        ("ngx.cookie_time(1290079655)", "Thu, 18-Nov-10 11:27:35 GMT"),
        ("ngx.utctime()", "2017-07-14 02:40:00"), ("ngx.quote_sql_str(\"a'b\")", "'a\\'b'"),
        ("ngx.re.match('hello, 1234', '([0-9])([0-9]+)')[0]", "1234"),
        ("ngx.re.match('x', 'y')", "nil"),
        ("ngx.re.match('ab', '(?<first>a)(c)?').first", "a"),
        ("ngx.re.match('ab', '(?<first>a)(c)?')[2]", "false"),
        ("ngx.re.find('hello, 1234', '[0-9]+', 'jo')", "8"),
        ("select(2, ngx.re.find('ab12', '([a-z])([0-9])', '', nil, 2))", "3"),
        (
            "select(2, ngx.re.match('x', '('))",
            "pcre_compile() failed: missing ) in \"(\""
        ),
        ("ngx.re.sub('hello, 1234', '([0-9])', '[$1]')", "hello, [1]234"),
        ("ngx.re.gsub('hello', 'l', function(m) return m[0]:upper() end)", "heLLo"),
        ("select(2, ngx.re.gsub('a1b2', '[0-9]', ''))", "2"),
        ("ngx.re.gsub('abc', '(b)', '${1}x$$')", "abx$c"),
        ("ngx.re.match('ABC', 'b', 'i')[0]", "B"), ("ngx.re.gmatch('a b', '[a-z]+')()[0]", "a"),
        ("table.concat(require('ngx.re').split('a,b,c', ','), ' ')", "a b c"),
        (
            "require('cjson').encode({ 1, 'a/b', true, require('cjson').null })",
            "[1,\"a\\/b\",true,null]"
        ),
        ("require('cjson').encode({})", "{}"), ("require('cjson').encode('\\n\\0')", "\"\\n\\u0000\""),
        ("require('cjson').encode(1.5)", "1.5"), ("require('cjson').encode(1e20)", "1e+20"),
        ("require('cjson').decode('{\"a\":[1,2,{\"b\":null}]}').a[3].b == ngx.null", "true"),
        ("require('cjson').decode('\"\\\\u00fc\\\\ud83d\\\\ude00\"')", "ü😀"),
        (
            "select(2, require('cjson.safe').decode('{'))",
            "Expected object key string but found T_END at character 2"
        ),
        (
            "select(2, require('cjson.safe').decode('nope'))",
            "Expected value but found invalid token at character 1"
        ),
        (
            "select(2, require('cjson.safe').decode('[1,]'))",
            "Expected value but found T_ARR_END at character 4"
        ),
        (
            "select(2, require('cjson.safe').encode(print))",
            "Cannot serialise function: type not supported"
        ),
        ("#require('kong.tools.utils').uuid()", "36"), ("kong.table.new(1, 2)[1]", "nil"),
        ("kong.table.merge({ a = 1 }, { b = 2 }).b", "2"), ("require('ngx') == ngx", "true"),
        ("os.getenv('PATH')", "nil"), ("type(os.time())", "number"), ("bit.band(6, 3)", "2"),
    ])
    func `values`(_ expression: String, _ expected: String) {
        #expect(Bench().value(expression) == expected, "\(expression)")
    }

    @Test func `the log has Kong's format`() {
        let bench = Bench()
        _ = bench.run(
            "kong.log('a', 1, true)\nkong.log.err('b'); kong.log.debug('unseen'); kong.log.inspect({ x = 1 })"
        )
        _ = bench.run("ngx.log(ngx.WARN, 'c', 2, nil); _G.print('d')")
        #expect(bench.lines.count == 5)
        #expect(bench.lines[0].hasSuffix(":1 [pre-function] a1true"), "\(bench.lines[0])")
        #expect(bench.lines[0].hasPrefix("6 [kong] [string \"kong.log("))
        #expect(
            bench.lines[1].hasPrefix("4 [kong] ") && bench.lines[1].hasSuffix(":2 [pre-function] b"))
        #expect(bench.lines[3].hasPrefix("5 [lua] [string \"ngx.log("))
        #expect(bench.lines[3].hasSuffix(":1: c2nil"))
        #expect(bench.lines[4] == "6 [lua] d")
    }
}
