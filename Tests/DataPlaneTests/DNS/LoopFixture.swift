// A loop resolver on an event loop of its own, with answers as text.

import DataPlane
import NIOCore
import NIOPosix

/// Calls a `LoopResolver` on its loop and waits.
struct LoopFixture {
    let resolver: DataPlane.Resolver
    private let loop: any EventLoop
    private let bound: NIOLoopBound<LoopResolver>

    init(_ resolver: DataPlane.Resolver, _ clock: @escaping @Sendable () -> Int64) throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        self.resolver = resolver
        self.loop = loop
        bound = try loop.submit {
            NIOLoopBound(LoopResolver(resolver, loop: loop, clock: clock), eventLoop: loop)
        }.wait()
    }

    func cached(_ host: String) -> String? {
        (try? loop.submit { [bound] in bound.value.cached(host, port: 80).map(text) }.wait()) ?? nil
    }

    func resolve(_ host: String) -> String {
        (try? begin(host).wait()) ?? "no answer"
    }

    func begin(_ host: String) -> EventLoopFuture<String> {
        let promise = loop.makePromise(of: String.self)
        loop.execute { [bound] in
            bound.value.resolve(host, port: 80) { promise.succeed(text($0)) }
        }
        return promise.futureResult
    }

    func resolveMany(_ host: String, count: Int) -> [String] {
        let answers = (0..<count).map { _ in begin(host) }
        return (try? EventLoopFuture.whenAllSucceed(answers, on: loop).wait()) ?? []
    }

    /// Nil for a failure.
    func records(_ host: String) -> HostRecords? {
        let promise = loop.makePromise(of: HostRecords?.self)
        loop.execute { [bound] in
            bound.value.records(of: host) { promise.succeed(try? $0.get()) }
        }
        return (try? promise.futureResult.wait()) ?? nil
    }
}

private func text(_ result: Result<ResolvedTarget, DNSFailure>) -> String {
    switch result {
    case .success(let target):
        let ip = target.address.ipAddress ?? "?"
        return "\(ip.contains(":") ? "[\(ip)]" : ip):\(target.address.port ?? -1)"
    case .failure(let failure): return failure.message
    }
}
