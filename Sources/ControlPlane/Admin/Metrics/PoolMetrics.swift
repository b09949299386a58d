// The series of a node's calls of PostgreSQL.

import Store

struct PoolMetrics {
    let pool: PoolFigures

    func write(to page: inout MetricsPage) {
        page.begin(
            "gibbon_postgres_call_seconds_total", "counter",
            "Time that calls of the database took, without the wait for a connection")
        page.add("gibbon_postgres_call_seconds_total", value: Double(pool.callMicroseconds) / 1e6)
        page.begin("gibbon_postgres_calls_total", "counter", "Calls of the database: reads and transactions")
        page.add("gibbon_postgres_calls_total", value: pool.calls)
        page.begin("gibbon_postgres_calls_waiting", "gauge", "Calls of the database that wait for a connection")
        page.add("gibbon_postgres_calls_waiting", value: pool.waiting)
        page.begin("gibbon_postgres_connections", "gauge", "Connections to the database, without the one for changes")
        for (state, count) in [("active", pool.inUse), ("idle", pool.idle)] {
            page.add("gibbon_postgres_connections", MetricsPage.label("state", state.utf8), value: count)
        }
        page.begin("gibbon_postgres_connections_limit", "gauge", "How many of these connections there may be")
        page.add("gibbon_postgres_connections_limit", value: pool.limit)
        page.begin(
            "gibbon_postgres_errors_total", "counter",
            "Calls of the database that failed: without a connection, without an answer, refused")
        let causes = [("refused", pool.refused), ("timeout", pool.timeouts), ("unreachable", pool.unreachable)]
        for (cause, count) in causes {
            page.add("gibbon_postgres_errors_total", MetricsPage.label("cause", cause.utf8), value: count)
        }
    }
}
