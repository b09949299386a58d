// The dashboard for Grafana, asked of a real Prometheus: every query in it is valid and has something to show.

import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite("Dashboard")
    struct Dashboard {
        private static func json() throws -> [String: Any] {
            let text = try PackagedFiles.text("grafana/dashboard.json")
            return try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
        }

        /// All panels, those in rows included.
        private static func panels(_ container: [String: Any]) -> [[String: Any]] {
            let own = container["panels"] as? [[String: Any]] ?? []
            return own + own.flatMap { panels($0) }
        }

        /// What Grafana puts in the place of its variables.
        private static func filled(_ query: String) -> String {
            [("$__rate_interval", "1m"), ("$instance", ".*"), ("$service", ".*")].reduce(query) {
                $0.replacingOccurrences(of: $1.0, with: $1.1)
            }
        }

        private static func queries() throws -> [(title: String, query: String)] {
            try panels(json()).flatMap { panel in
                (panel["targets"] as? [[String: Any]] ?? []).map { target in
                    (panel["title"] as? String ?? "", filled(target["expr"] as? String ?? ""))
                }
            }
        }

        /// What Grafana asks for to fill its variables, as "values of a label in a series".
        private static func variables() throws -> [(name: String, series: String, label: String)] {
            let templating = try json()["templating"] as? [String: Any]
            return (templating?["list"] as? [[String: Any]] ?? []).compactMap { variable in
                let words = (variable["definition"] as? String ?? "").split { "(), ".contains($0) }.map(String.init)
                guard words.count == 3, words[0] == "label_values" else { return nil }
                return (variable["name"] as? String ?? "", words[1], words[2])
            }
        }

        @Test func `every query of the dashboard is valid and returns data`() throws {
            let (queries, variables) = (try Self.queries(), try Self.variables())
            #expect(queries.count > 30)
            #expect(variables.map(\.name) == ["instance", "service"])
            try Monitored.with { watched throws in
                #expect(watched.tellDeadTarget())
                let load = Load(port: watched.node.proxyPort, "/shop", connections: 2)
                defer { load.stop() }
                for target in ["/missing", "/broken"] { _ = try watched.send(target, times: 2) }
                _ = try watched.send("/members", times: 2, "apikey: a-key\r\n")
                try PrometheusServer.with(scraping: watched.node) { prometheus throws in
                    for (title, query) in queries {
                        let hasData = eventually(within: 30) {
                            try prometheus.samples(query).contains { $0.value.isFinite }
                        }
                        #expect(hasData, "\(title): \(query)")
                    }
                    for (name, series, label) in variables {
                        let values = try prometheus.values(of: label, in: series)
                        let expected = name == "service" ? "shop" : "127.0.0.1:\(watched.node.adminPort)"
                        #expect(values.contains(expected), "\(name): \(values)")
                    }
                }
            }
        }

        @Test func `panels have numbers of their own and lie beside each other`() throws {
            let panels = try Self.panels(Self.json())
            let numbers = panels.compactMap { $0["id"] as? Int }
            #expect(numbers.count == panels.count && Set(numbers).count == numbers.count)
            var taken: Set<[Int]> = []
            for panel in panels {
                let place = try #require(panel["gridPos"] as? [String: Int])
                let (x, y) = (place["x"] ?? 0, place["y"] ?? 0)
                let (width, height) = (place["w"] ?? 0, place["h"] ?? 0)
                #expect(width > 0 && height > 0 && x + width <= 24)
                for row in y..<(y + height) {
                    for column in x..<(x + width) {
                        #expect(taken.insert([row, column]).inserted, "\(panel["title"] ?? "")")
                    }
                }
            }
        }
    }
}
