// The Admin API: one function from a request to a response. Endpoints are derived from the catalog; what
// cannot be derived lies in Overrides/, one file each.

import Schema
import Store

/// Answers the requests of the Admin API.
package final class AdminAPI: Sendable {
    private let routes: RouteTable
    private let version: String

    /// - Parameters:
    ///   - context: The checks of values; its catalog is the node's.
    ///   - published: Called after every commit and awaited before the answer is given: it puts the change in force.
    ///   - load: With `database = off`, puts the rows of a declarative document in place of all others.
    package init(
        catalog: Catalog, store: any Store, node: NodeInformation, context validation: ValidationContext,
        published: @escaping @Sendable (Committed) async -> Void,
        load: @escaping @Sendable (Dataset) async -> Void = { _ in }
    ) {
        let context = AdminContext(
            catalog: catalog, store: store, validation: validation, node: node, writes: WriteQueue(),
            published: published)
        version = node.version
        routes = AdminRoutes.table(context, load: load)
    }

    /// Answers a request. It may wait for the store and must not be called from an event loop.
    package func respond(to request: AdminRequest) async -> AdminResponse {
        if request.method == "OPTIONS" { return .options }
        if request.path == "/robots.txt" { return .robots }
        guard let encoding = ContentTypeRule.encoding(of: request) else { return .unsupportedMediaType }
        guard let match = routes.match(request.path) else { return response(.notFound, to: request) }
        if request.method == "HEAD" { return await head(match, request) }
        guard let handler = match.endpoint.handlers[request.method] else {
            return response(.methodNotAllowed, to: request)
        }
        return response(
            await answer {
                let body = try RequestBody.decode(request, as: encoding)
                return try await handler(Self.call(request, match, body))
            }, to: request)
    }

    /// HEAD says whether the path exists and runs no handler, as in Kong.
    private func head(_ match: RouteTable.Match, _ request: AdminRequest) async -> AdminResponse {
        guard let check = match.endpoint.head else { return .head }
        let answer = await answer {
            try await check(Self.call(request, match, .none))
            return AdminAnswer(200)
        }
        return answer.status == 200 ? .head : response(answer, to: request)
    }

    private static func call(_ request: AdminRequest, _ match: RouteTable.Match, _ body: RequestBody) -> AdminCall {
        AdminCall(
            method: request.method, captures: match.captures, query: FormArguments(encoded: request.query), body: body)
    }

    /// Turns every error a handler can end with into its answer.
    private func answer(_ body: () async throws -> AdminAnswer) async -> AdminAnswer {
        do {
            return try await body()
        } catch let refusal as AdminRefusal {
            return refusal.answer
        } catch let error as EntityError {
            return AdminAnswer(error)
        } catch let violations as Violations {
            return AdminAnswer(EntityError(violations))
        } catch let error as StoreError {
            return AdminAnswer(error)
        } catch {
            return .unexpectedError
        }
    }

    private func response(_ answer: AdminAnswer, to request: AdminRequest) -> AdminResponse {
        var response = AdminResponse(answer, version: version)
        if request.method == "HEAD" { response.body = [] }
        return response
    }
}
