// The robots that bot-detection refuses unless they are whitelisted: the same that Kong 1.1.2 refuses, tried against it
// with a long list of user agents.

/// How robots call themselves, as patterns.
enum KnownRobots {
    static let patterns = [
        // What nearly all of them have in their names. CUBOT makes phones.
        "(?i:spider|crawl)|[Ss]crape|[^C][^Uu][Bb]ot",
        "(?:[Aa]rchiver|[Ii]ndexer|[Bb]ot)[/ ][0-9]",
        "/(?:[A-z]+[Bb]ot|[A-z]+[Ss]pider|(?:Ant-)?Nutch|Axtaris|fetchurl|Isara|ShopSalad|Tailsweep)[ -][0-9]",
        // Those that are only known with a version.
        "(?:" + versioned.joined(separator: "|") + ")/[0-9]",
        "(?:Pingdom\\.com_bot_version_|facebookexternalhit/)[0-9]+\\.[0-9]",
        // And with anything behind their names.
        (search + archives + monitors + readers + libraries + others).map(escaped).joined(separator: "|"),
        shaped.joined(separator: "|"),
    ]

    private static let versioned = [
        "008", "Altresium", "Argus", "BaiduMobaider", "BoardReader", "DNSGroup", "DataparkSearch", "EDI", "Goodzer",
        "Grub", "INGRID", "Infohelfer", "LOOQ", "Nutch", "PathDefender", "Peew", "PostPost", "Steeler", "VSE",
        "WebCrunch", "WebZIP", "Y!J-BR[A-Z]", "YahooSeeker", "envolk", "sproose", "wminer",
    ]

    // MARK: - By name

    private static let search = [
        "AppEngine-Google", "Ask Jeeves", "BingPreview", "BlogBridge", "BoardReader", "BotSeer", "Charlotte",
        "Daumoa", "Feed Seeker Bot", "Flamingo_SearchEngine", "FollowSite Bot", "Genieo", "Google SketchUp",
        "Googlebot", "HooWWWer", "Kurzor", "LEIA", "Llaut", "Mediapartners-Google", "Nutch", "Nymesis",
        "ObjectsSearch", "Orbiter", "PaxleFramework", "Pompos", "Riddler", "Rival IQ", "Slurp", "VoilaBot", "Vagabondo",
        "Wotbox", "Yahoo! Slurp", "YodaoBot", "Zao-Crawler", "ZyBorg", "altavista", "bingbot", "charlotte",
        "findlinks", "gigabot", "gonzo1", "grub-client", "holmes", "htdig", "ichiro", "larbin", "lycos", "mogimogi",
        "mozDex", "msnbot", "msrbot", "scooter", "searchsight", "seekbot", "semanticdiscovery", "yacy",
    ]
    private static let archives = [
        "InternetArchive", "archiver", "heritrix", "ia_archiver", "Kraken", "KaloogaBot", "Mail.RU_Bot", "MJ12bot",
        "masidani_bot", "netresearch", "www.almaden.ibm.com", "1470.net crawler", "50.nu", "8bo Crawler Bot",
        "Aboundex", "ConveraCrawler", "CRAWL-E", "CrawlConvera", "ICC-Crawler", "Innovazion Crawler",
    ]
    private static let monitors = [
        "Catchpoint bot", "Checklinks", "Comodo HTTP(S) Crawler", "Comodo-Webinspector-Crawler", "GomezAgent",
        "HttpMonitor", "LinkAider", "PagePeeker", "PagesInventory", "Peeplo Screenshot Bot", "SEOstats", "SiteCon",
        "TLSProber", "ThumbShotsBot", "Thumbshots.ru", "URL2PNG", "WASALive.Bot", "Web-sniffer", "WebThumb", "WhatWeb",
        "Xenu Link Sleuth", "Xenu's Link Sleuth", "YottaaMonitor", "ZooShot", "boitho.com-dc", "favicon", "snappy",
    ]
    private static let readers = [
        "IconSurf", "InfuzApp", "LinkedInBot", "Netvibes", "NewsGator", "Read%20Later", "SimplePie", "SimpleRSS",
        "Squrl Java", "TwitterBot", "WordPress", "Yowedo",
    ]
    private static let libraries = [
        "Apache-HttpClient", "Google-HTTP-Java-Client", "http%20client", "JNLP", "Python-urllib", "Scrapy", "WinHTTP",
    ]
    private static let others = [
        "HiddenMarket", "IlTrovatore", "Icarus6j", "LesnikBot", "Linguee Bot", "Lite Bot", "OOZBOT",
        "PlantyNet_WebRobot", "Reaper", "RedCarpet", "Retreiver", "Scrubby", "Simpy", "Speedy Spider", "TheUsefulbot",
        "Votay bot", "WIRE", "ZeBot_www.ze.bz", "blitzbot", "clumboot", "furlbot", "gsa-crawler",
    ]

    /// Names that have a shape, or a place where they have to stand.
    private static let shaped = [
        "^NING", "^vortex", "^voyager", "^Zao", "\\bYeti", "jbot\\b", "Google.*/\\+/web/snippet", "AdsBot-Google",
        "MSIE [0-9]+\\.[0-9]+(?:[a-z][0-9]?)?;.* MSIECrawler", "Accoona-[A-z]+-Agent", "archive.*?\\.org_bot",
        "Microsoft .*? Bot", "IP2[a-z]+Bot", "WeSEE:[A-z]+", "Xerka [A-z]+Bot", "Yahoo[a-z]*Seeker", "Yandex\\w+",
    ]

    /// A name as a pattern.
    private static func escaped(_ name: String) -> String {
        String(name.flatMap { ".()!".contains($0) ? ["\\", $0] : [$0] })
    }
}
