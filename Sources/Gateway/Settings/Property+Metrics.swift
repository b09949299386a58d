// The properties about the gateway's own series of /metrics. All are additions to Kong's and unset by default, so that
// what the Admin API shows of the settings stays what Kong shows.

extension Property {
    static let metrics = Section(
        title: "Metrics",
        properties: [
            Property(
                "metrics_extended", .onOff,
                doc: "Whether /metrics shows the gateway's own series (gibbon_*) after Kong's; on when unset. "
                    + "This property is an addition to Kong's."),
            Property(
                "metrics_series_limit", .number,
                doc: "How many routes, consumers and targets each have series of their own; further ones are counted "
                    + "together as other. 1000 when unset. This property is an addition to Kong's."),
            Property(
                "metrics_stall_threshold", .number,
                doc: "How many milliseconds an event loop may come late before that counts as a stall; 100 when "
                    + "unset. This property is an addition to Kong's."),
        ])
}
