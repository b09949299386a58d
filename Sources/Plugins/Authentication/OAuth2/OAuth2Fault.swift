// Refusals of the oauth2 plugin: an error and its description (RFC 6749, section 5.2).

import PluginKit
import Schema

/// Why something is refused.
struct OAuth2Fault: Error {
    let error: String
    let description: String
    let status: Int

    init(_ error: String, _ description: String, status: Int = 400) {
        self.error = error
        self.description = description
        self.status = status
    }

    static let insecure = OAuth2Fault("access_denied", "You must use HTTPS")
    static let provisionKey = OAuth2Fault("invalid_provision_key", "Invalid provision_key")
    static let userID = OAuth2Fault("invalid_authenticated_userid", "Missing authenticated_userid parameter")
    static let responseType = OAuth2Fault("unsupported_response_type", "Invalid response_type")
    static let grantType = OAuth2Fault("unsupported_grant_type", "Invalid grant_type")
    static let client = OAuth2Fault("invalid_client", "Invalid client authentication")
    /// For a client that showed its secret in a header.
    static let clientInHeader = OAuth2Fault("invalid_client", "Invalid client authentication", status: 401)
    static let code = OAuth2Fault("invalid_request", "Invalid code")
    static let refreshToken = OAuth2Fault("invalid_request", "Invalid refresh_token")
    static let redirectURI = OAuth2Fault(
        "invalid_request",
        "Invalid redirect_uri that does not match with any redirect_uri created with the application")

    static func scope(_ description: String) -> OAuth2Fault { OAuth2Fault("invalid_scope", description) }

    var members: JSONObject { ["error": .string(error), "error_description": .string(description)] }

    /// The refusal of a request for the service itself.
    func response(challenge: String?) -> Response {
        let fields = challenge.map { [Response.Field(.wwwAuthenticate, $0)] } ?? []
        return .json(status, JSON.object(members).bytes, fields: fields)
    }
}
