// The settings of the gateway's own series by name and type.

extension Settings {
    package var showsOwnMetrics: Bool { text("metrics_extended") != "off" }
    /// Routes, consumers and targets with series of their own.
    package var metricsSeriesLimit: Int { Int(exactly: (number("metrics_series_limit") ?? 1000).rounded()) ?? 1000 }
    package var metricsStallMilliseconds: Int64 {
        Int64(exactly: (number("metrics_stall_threshold") ?? 100).rounded()) ?? 100
    }
}
