// Records that are no rows: what other programs send in a form of their own.

extension RecordSchema {
    /// The record filled up as a stored one is, and what is wrong with it.
    package func read(_ input: JSONObject, in context: ValidationContext) -> (record: JSONObject, wrong: Violations) {
        let record = Completion(occasion: .read, context: context).complete(input, self)
        return (record, RecordValidator(context: context).violations(of: record, self))
    }
}
