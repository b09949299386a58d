// A request on its way through an endpoint: what the path's parameters stood for, the query and the body.

import Schema

struct AdminCall: Sendable {
    let method: String
    let captures: [PathSegment]
    let query: FormArguments
    let body: RequestBody
}
