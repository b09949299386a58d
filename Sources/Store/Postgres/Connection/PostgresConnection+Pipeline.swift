// Several statements in one round trip: a transaction waits for its answers as seldom as it can.

import CPostgres

/// A statement with the values of its parameters.
struct PostgresStatement {
    let sql: String
    var values: [String?] = []
}

extension PostgresConnection {
    /// Runs statements one after the other, up to the first that fails; each is prepared once and found again by its
    /// text.
    ///
    /// - Returns: the rows of the last one.
    @discardableResult
    func execute(together statements: [PostgresStatement]) throws(PostgresError) -> PostgresResult {
        let statements = (isToBegin ? [PostgresStatement(sql: "BEGIN")] : []) + statements
        isToBegin = false
        var names: [String] = []
        for statement in statements { names.append(try prepare(statement.sql, count: statement.values.count)) }
        guard PQenterPipelineMode(raw) == 1 else { throw broken() }
        for (statement, name) in zip(statements, names) {
            let count = Int32(statement.values.count)
            let isSent = PostgresText.withCStrings(statement.values) { texts in
                PQsendQueryPrepared(raw, name, count, texts, nil, nil, 0) == 1
            }
            guard isSent else { throw broken() }
        }
        try send { PQpipelineSync(raw) }
        let result = try finishPipeline()
        guard PQexitPipelineMode(raw) == 1 else { throw broken() }
        return try result.get()
    }

    /// Reads the results of everything up to the end of the pipeline. Those behind one that failed say nothing.
    private func finishPipeline() throws(PostgresError) -> Result<PostgresResult, PostgresError> {
        var last: PostgresResult?
        var failure: PostgresError?
        while true {
            guard let result = try next() else {
                // Between two statements; behind the end of the connection there is nothing else, either.
                guard PQstatus(raw) != CONNECTION_BAD else { throw broken() }
                continue
            }
            switch PQresultStatus(result) {
            case PGRES_PIPELINE_SYNC:
                PQclear(result)
                renewDeadline()
                if let failure { return .failure(failure) }
                guard let last else { throw broken() }
                return .success(last)
            case PGRES_PIPELINE_ABORTED: PQclear(result)
            case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE:
                if failure == nil { failure = PostgresError(result: result) }
                PQclear(result)
                guard PQstatus(raw) != CONNECTION_BAD else { throw lost(failure) }
            default: last = PostgresResult(result)
            }
        }
    }

    /// The connection ended; what the server said of it goes before what the library says.
    private func lost(_ failure: PostgresError?) -> PostgresError {
        let error = broken()
        guard let failure, !failure.state.isEmpty else { return error }
        return failure
    }

    /// Begins a transaction with the next statement, in one round trip with it.
    func begin() {
        isToBegin = true
    }
}
