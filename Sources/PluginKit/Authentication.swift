// What all authentication plugins do in the same way once they know whether the client is who it says it is: tell the
// upstream, let the anonymous consumer in, or refuse. Several of them at one route add up: without an anonymous
// consumer all must accept, with one the first that accepts is enough.

import Wire

/// The common half of an authentication plugin.
package struct Authentication: Sendable {
    /// The id of the consumer that failed requests pass as; nil refuses them.
    private let anonymous: [UInt8]?
    private static let yes = Array("true".utf8)

    /// - Parameter anonymous: the configured consumer id; none when nil or empty.
    package init(anonymous: String?) {
        self.anonymous = anonymous.flatMap { $0.isEmpty ? nil : $0.utf8.map(Ascii.lowercased) }
    }

    /// Whether an earlier plugin accepted the client and this one, being optional, has nothing to do.
    package func isSettled(_ x: Exchange) -> Bool {
        anonymous != nil && x.credential != nil
    }

    /// The client is the credential's consumer.
    package func accept(_ x: Exchange, _ credential: CredentialInfo) -> Verdict {
        guard let consumer = x.directory.consumers.find(credential.consumerID) else {
            return .respond(.unexpectedError)
        }
        x.identify(consumer, credential)
        Self.announce(consumer, to: x.request)
        x.request.setOrClear(.xCredentialUsername, credential.username)
        x.request.clear(.xAnonymousConsumer)
        return .next
    }

    /// The client is who it says, and no consumer.
    package func acceptWithoutConsumer(_ x: Exchange, _ credential: CredentialInfo) -> Verdict {
        x.identify(nil, credential)
        x.request.setOrClear(.xCredentialUsername, credential.username)
        for header in [HeaderName.xAnonymousConsumer, .xConsumerID, .xConsumerCustomID, .xConsumerUsername] {
            x.request.clear(header)
        }
        return .next
    }

    /// The client could not be authenticated: it goes on as the anonymous consumer, or gets `response`.
    package func refuse(_ x: Exchange, _ response: Response) -> Verdict {
        guard let anonymous else { return .respond(response) }
        guard let consumer = x.directory.consumers.find(anonymous) else { return .respond(.unexpectedError) }
        x.identify(consumer, nil)
        Self.announce(consumer, to: x.request)
        x.request.clear(.xCredentialUsername)
        x.request.edits.set(.xAnonymousConsumer, Self.yes)
        return .next
    }

    /// The client's own versions of these headers never reach the upstream.
    private static func announce(_ consumer: ConsumerInfo, to request: ExchangeRequest) {
        request.edits.set(.xConsumerID, consumer.id)
        request.setOrClear(.xConsumerCustomID, consumer.customID)
        request.setOrClear(.xConsumerUsername, consumer.username)
    }
}

extension HeaderName {
    package static let xConsumerID: HeaderName = "X-Consumer-ID"
    package static let xConsumerCustomID: HeaderName = "X-Consumer-Custom-ID"
    package static let xConsumerUsername: HeaderName = "X-Consumer-Username"
    package static let xCredentialUsername: HeaderName = "X-Credential-Username"
    package static let wwwAuthenticate: HeaderName = "WWW-Authenticate"
    package static let xAnonymousConsumer: HeaderName = "X-Anonymous-Consumer"
}
