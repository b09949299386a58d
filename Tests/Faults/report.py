"""The report of a run: tables as in docs/reliability.md, so that they can be copied there."""
import collections
import statistics

LISTED = 25


def table(head, rows):
    rows = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(line[place]) for line in [head] + rows) for place in range(len(head))]
    def line(cells):
        return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths)) + " |"
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([line(head), rule, *map(line, rows)])


def load_table(ledger):
    failed = collections.Counter((r.kind, r.service) for r in ledger.failures)
    rows = [[kind, service, count, failed[kind, service], f"{ledger.slowest[kind, service]:.2f} s"]
            for (kind, service), count in sorted(ledger.counts.items())]
    return table(["load", "service", "requests", "failed", "slowest that succeeded"], rows)


def fault_table(ledger):
    """What failed, why it had to, and for how long."""
    groups = collections.defaultdict(list)
    for fault in ledger.faults:
        groups[fault.name].append(fault)
    rows = []
    for name, faults in sorted(groups.items()):
        failures = [request for fault in faults for request in fault.covered]
        texts = collections.Counter(request.failure for request in failures)
        said = ", ".join(f"{text} {count}" for text, count in texts.most_common(4)) or "-"
        after = [max([r.ended for r in fault.covered], default=fault.end) - fault.end for fault in faults]
        rows.append([name, len(faults), f"{sum(f.end - f.begin for f in faults):.1f} s", len(failures), said,
                     f"{max(0, *after, 0):.2f} s"])
    return table(["fault", "times", "in all", "requests failed", "as", "last one after its end"], rows)


def figure_table(ledger):
    rows = [[name, len(values), f"{statistics.median(values) * 1000:.0f} ms", f"{max(values) * 1000:.0f} ms"]
            for name, values in sorted(ledger.figures.items()) if values]
    return table(["measured", "times", "median", "longest"], rows)


def needless_list(ledger, needless, origin):
    lines = []
    for request in needless[:LISTED]:
        lines.append(f"  {request.started - origin:8.2f} s  {request.kind} to {request.service}"
                     f" at node {request.node}: {request.failure} after {request.seconds:.2f} s"
                     f" (connection {request.started - request.opened:.2f} s old)")
        for fault in ledger.faults:
            if fault.overlaps(request):
                lines.append(f"              meanwhile {fault.name} from {fault.begin - origin:.2f} s"
                             f" to {fault.end - origin:.2f} s, which does not excuse it")
    if len(needless) > LISTED:
        lines.append(f"  and {len(needless) - LISTED} more")
    return "\n".join(lines)


def resource_table(rows):
    shown = [[who, what, before, after, limit, "ok" if after <= limit else "LEAK"]
             for who, what, before, after, limit in rows]
    return table(["process", "what", "after the warm-up", "at the end", "allowed", ""], shown)
