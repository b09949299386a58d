// All end-to-end tests run one after the other: they measure times and memory, and each has a node of its own.

import Testing

@Suite("End to end", .serialized)
enum EndToEnd {}
