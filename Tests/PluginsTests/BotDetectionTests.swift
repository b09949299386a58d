// Which user agents bot-detection refuses.

import PluginKit
import Plugins
import Schema
import Testing

@Suite struct BotDetectionTests {
    private let scene = Scene()

    private func verdict(_ agent: String, _ config: JSONObject = [:]) -> Verdict {
        scene.make(BotDetection.self, config).access(scene.request("GET / HTTP/1.1\nUser-Agent: \(agent)"))
    }

    @Test(
        "robots are refused",
        arguments: [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Twitterbot/1.0",
            "facebookexternalhit/1.1", "Mozilla/5.0 (compatible; YandexBot/3.0)", "Scrapy/1.0.3",
            "Mozilla/5.0 (compatible; Baiduspider/2.0)", "Pingdom.com_bot_version_1.4", "Python-urllib/3.6",
            "NING/1.0", "Kraken/0.1", "WordPress/5.8; http://a.test", "My Bot 2", "Read%20Later",
        ])
    func robot(agent: String) {
        #expect(verdict(agent).response?.text == #"{"message":"Forbidden"}"#)
    }

    @Test(
        "people's programs pass",
        arguments: [
            "Mozilla/5.0 (X11; Linux x86_64; rv:66.0) Gecko/20100101 Firefox/66.0", "curl/7.64.0", "Wget/1.20",
            "libwww-perl/6.05", "facebookexternalhit", "bot", "Argus", "x (Baidu; P1 9)",
            "Mozilla/5.0 (Linux; Android 8.0; CUBOT POWER) AppleWebKit/537.36 Chrome/74.0 Mobile Safari/537.36",
        ])
    func person(agent: String) {
        #expect(verdict(agent).isNext)
    }

    @Test func `a request without or with several user agents`() {
        let plugin = scene.make(BotDetection.self)
        #expect(plugin.access(scene.request("GET / HTTP/1.1")).isNext)
        let twice = plugin.access(scene.request("GET / HTTP/1.1\nUser-Agent: a\nUser-Agent: b"))
        #expect(twice.response?.status == 400)
    }

    @Test func `the whitelist goes before the blacklist and the known robots`() {
        let config: JSONObject = ["whitelist": ["good|Googlebot"], "blacklist": ["agent"]]
        #expect(verdict("good agent", config).isNext)
        #expect(verdict("Googlebot/2.1", config).isNext)
        #expect(verdict("bad agent", config).response?.status == 403)
    }

    @Test func `a verdict is the same the second time`() {
        let plugin = scene.make(BotDetection.self)
        for _ in 0..<2 {
            #expect(!plugin.access(scene.request("GET / HTTP/1.1\nUser-Agent: Twitterbot/1.0")).isNext)
            #expect(plugin.access(scene.request("GET / HTTP/1.1\nUser-Agent: curl/7")).isNext)
        }
    }
}
