package dev.hawser.proxy.jwt;

/** Why a token is not accepted. The sentences are those that Envoy's users know. */
public enum JwtFailure {
  MISSING("Jwt is missing"),
  NOT_YET_VALID("Jwt not yet valid"),
  EXPIRED("Jwt is expired"),
  BAD_FORMAT("Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections"),
  TOO_LONG("Jwt is too long"),
  HEADER_NOT_BASE64("Jwt header is an invalid Base64url encoded"),
  HEADER_NOT_JSON("Jwt header is an invalid JSON"),
  HEADER_WITHOUT_ALGORITHM("Jwt header [alg] field is required and must be a string"),
  ALGORITHM_NOT_SUPPORTED("Jwt header [alg] is not supported"),
  HEADER_KEY_ID_NOT_TEXT("Jwt header [kid] field is not a string"),
  HEADER_CRITICAL("Jwt header [crit] or [b64] is not supported"),
  PAYLOAD_NOT_BASE64("Jwt payload is an invalid Base64url encoded"),
  PAYLOAD_NOT_JSON("Jwt payload is an invalid JSON"),
  ISSUER_NOT_TEXT("Jwt payload [iss] field is not a string"),
  SUBJECT_NOT_TEXT("Jwt payload [sub] field is not a string"),
  AUDIENCE_NOT_TEXT("Jwt payload [aud] field is not a string or string list"),
  TIME_NOT_NUMBER("Jwt payload [exp], [nbf] or [iat] field is not a positive number"),
  SIGNATURE_NOT_BASE64("Jwt signature is an invalid Base64url encoded"),
  UNKNOWN_ISSUER("Jwt issuer is not configured"),
  AUDIENCE_NOT_ALLOWED("Audiences in Jwt are not allowed"),
  SUBJECT_NOT_ALLOWED("Jwt subject is not allowed"),
  NO_EXPIRATION("Jwt has no expiration"),
  LIFETIME_TOO_LONG("Jwt lifetime exceeds the allowed maximum"),
  VERIFICATION_FAILED("Jwt verification fails"),
  KEYS_NOT_FETCHED("Jwks remote fetch is failed"),
  NO_MATCHING_KEY("Jwks doesn't have key to match kid or alg from Jwt"),
  MULTIPLE_TOKENS("Found multiple Jwt tokens");

  private final String message;

  JwtFailure(String message) {
    this.message = message;
  }

  public String message() {
    return message;
  }

  /** Returns 403 for a token that is in order but meant for somebody else, else 401. */
  public int status() {
    return this == AUDIENCE_NOT_ALLOWED ? 403 : 401;
  }
}
