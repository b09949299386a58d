// The connections to upstreams that speak HTTP/2, each shared by the requests that are under way at once.

import NIOCore
import NIOHTTP2

extension UpstreamPool {
    /// Opens a stream on a connection that takes another one, else on a new connection.
    func openStream(
        _ key: UpstreamKey, timeoutMilliseconds: Int64,
        _ done: @escaping (Result<UpstreamConnection, any Error>) -> Void
    ) {
        if let known = shared[key]?.first(where: \.takesMore) { return known.open(done) }
        let upstream = HTTP2Upstream(key: key, pool: self)
        shared[key, default: []].append(upstream)
        startSweeping()
        upstream.open(done)
        dial(key, timeoutMilliseconds: timeoutMilliseconds, { [loop] in upstream.handlers(on: loop) }) { result in
            upstream.connected(
                result.flatMap { channel in
                    Result {
                        try channel.pipeline.syncOperations.handler(type: NIOHTTP2Handler.self).syncMultiplexer()
                    }
                })
        }
    }

    /// No more requests go over that connection.
    func forget(_ upstream: HTTP2Upstream) {
        shared[upstream.key]?.removeAll { $0 === upstream }
        if shared[upstream.key]?.isEmpty == true { shared[upstream.key] = nil }
    }

    /// Closes the connections that nobody has used since then.
    func closeShared(idleSince limit: Int64 = .max) {
        for upstream in shared.values.joined() where upstream.isIdle && upstream.idleSince < limit {
            forget(upstream)
            upstream.close()
        }
    }
}
