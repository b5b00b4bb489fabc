// Everything that openid-client 6 does with tokens, once, as JSON. It prints where to sign in, then what it got.
// AUTHENTICATION is client_secret_basic, client_secret_post or private_key_jwt (then PRIVATE_JWK is the key);
// METADATA is what it registered of id_token_signed_response_alg and userinfo_signed_response_alg.

import { once } from 'node:events'
import { createServer } from 'node:http'
import * as jose from 'jose'
import * as oidc from 'openid-client'

const { ISSUER, CLIENT_ID, CLIENT_SECRET, PRODUCT_URL, AUTHENTICATION, PRIVATE_JWK, METADATA } = process.env
const authentications = {
  client_secret_basic: () => oidc.ClientSecretBasic(CLIENT_SECRET),
  client_secret_post: () => oidc.ClientSecretPost(CLIENT_SECRET),
  private_key_jwt: async () => {
    const jwk = JSON.parse(PRIVATE_JWK)
    return oidc.PrivateKeyJwt({ key: await jose.importJWK(jwk, jwk.alg), kid: jwk.kid })
  },
}

const execute = [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks] // verifies signatures even over TLS
const authentication = await authentications[AUTHENTICATION]()
const metadata = JSON.parse(METADATA ?? '{}')
const popug = await oidc.discovery(new URL(ISSUER), CLIENT_ID, metadata, authentication, { execute })

const pkceCodeVerifier = oidc.randomPKCECodeVerifier()
const expectedState = oidc.randomState()
const expectedNonce = oidc.randomNonce()
const scope = 'openid profile email roles offline_access'
const server = createServer().listen(new URL(PRODUCT_URL).port, '127.0.0.1')
await once(server, 'listening')
say(oidc.buildAuthorizationUrl(popug, {
  redirect_uri: `${PRODUCT_URL}/callback`,
  scope,
  code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
  code_challenge_method: 'S256',
  state: expectedState,
  nonce: expectedNonce,
  max_age: '3600',
}))

const [request, response] = await once(server, 'request')
const callback = new URL(request.url, PRODUCT_URL)
const checks = { pkceCodeVerifier, expectedState, expectedNonce, maxAge: 3600 }
const tokens = await oidc.authorizationCodeGrant(popug, callback, checks)
const claims = tokens.claims()
const userinfo = await oidc.fetchUserInfo(popug, tokens.access_token, claims.sub)
const introspected = await oidc.tokenIntrospection(popug, tokens.access_token)
const renewed = await oidc.refreshTokenGrant(popug, tokens.refresh_token)
await oidc.tokenRevocation(popug, renewed.refresh_token)
const revoked = await oidc.tokenIntrospection(popug, renewed.access_token)
const refused = await oidc.refreshTokenGrant(popug, renewed.refresh_token).catch((error) => error.error)
const product = AUTHENTICATION === 'private_key_jwt' ? await oidc.clientCredentialsGrant(popug) : undefined
response.end('<h1>Thank you</h1>')
server.close()
const algorithm = jose.decodeProtectedHeader(tokens.id_token).alg
say({ algorithm, claims, userinfo, introspected, rotated: renewed.refresh_token !== tokens.refresh_token, revoked, refused, product })

function say(what) {
  console.log(JSON.stringify(what))
}
