package dev.hawser.proxy.jwt;

/** What a public key is made of, as {@code kty} and {@code crv} say (RFC 7518, RFC 8037). */
enum KeyKind {
  RSA,
  P256,
  P384,
  P521,
  ED25519,
  ED448
}
