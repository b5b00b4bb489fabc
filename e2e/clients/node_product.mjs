// A product that signs people in with openid-client 6. Run it: npm install openid-client jose && node node_product.mjs

import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import * as jose from 'jose'
import * as oidc from 'openid-client'

const { ISSUER, CLIENT_ID, CLIENT_SECRET, PRODUCT_URL } = process.env
const LOGOUT = 'http://schemas.openid.net/event/backchannel-logout'

// plain http is for a provider on your own machine only
const execute = ISSUER.startsWith('http:') ? [oidc.allowInsecureRequests] : []
const popug = await oidc.discovery(new URL(ISSUER), CLIENT_ID, {}, oidc.ClientSecretBasic(CLIENT_SECRET), { execute })
const keys = jose.createRemoteJWKSet(new URL(popug.serverMetadata().jwks_uri))
const sessions = new Map() // our cookie: what we remember. In earnest, a table of your database

const pages = {
  async '/'(session) {
    if (!session.tokens) return redirect('/sign-in')
    const { name, role } = session.tokens.claims()
    return page(`<h1>Nest builder</h1><p>Hello, ${name} (${role})</p>`)
  },

  async '/sign-in'(session) {
    session.asked = {
      pkceCodeVerifier: oidc.randomPKCECodeVerifier(),
      expectedState: oidc.randomState(),
      expectedNonce: oidc.randomNonce(),
    }
    return redirect(oidc.buildAuthorizationUrl(popug, {
      redirect_uri: `${PRODUCT_URL}/callback`,
      scope: 'openid profile email roles',
      code_challenge: await oidc.calculatePKCECodeChallenge(session.asked.pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: session.asked.expectedState,
      nonce: session.asked.expectedNonce,
    }))
  },

  async '/callback'(session, url) {
    const tokens = await oidc.authorizationCodeGrant(popug, url, session.asked) // checks state, nonce and iss
    sessions.delete(session.id)
    const cookie = randomUUID() // a new one, lest somebody planted the old one
    sessions.set(cookie, { id: cookie, tokens })
    return redirect('/', { 'Set-Cookie': `nest_builder=${cookie}; HttpOnly; SameSite=Lax; Path=/` })
  },

  async '/sign-out'(session) {
    sessions.delete(session.id)
    return redirect(oidc.buildEndSessionUrl(popug, {
      id_token_hint: session.tokens.id_token,
      post_logout_redirect_uri: `${PRODUCT_URL}/signed-out`,
    }))
  },

  async '/signed-out'() {
    return page('<h1>The nest is closed</h1>')
  },

  async '/back-channel-logout'(_session, _url, body) {
    const { payload } = await jose.jwtVerify(new URLSearchParams(body).get('logout_token'), keys, {
      issuer: ISSUER, audience: CLIENT_ID, typ: 'logout+jwt', requiredClaims: ['exp', 'jti', 'sid', 'events'],
    })
    if (!payload.events[LOGOUT] || 'nonce' in payload) throw new Error('not a logout token')
    for (const [cookie, { tokens }] of sessions) if (tokens?.claims().sid === payload.sid) sessions.delete(cookie)
    return page('')
  },
}

const page = (html) => ({ status: 200, headers: { 'Content-Type': 'text/html' }, html })
const redirect = (to, headers = {}) => ({ status: 303, headers: { Location: String(to), ...headers } })

createServer(async (request, response) => {
  const url = new URL(request.url, PRODUCT_URL)
  const { session, cookie } = remembered(request)
  try {
    let body = ''
    for await (const part of request) body += part
    const answer = pages[url.pathname] ? await pages[url.pathname](session, url, body) : { status: 404 }
    response.writeHead(answer.status, { ...cookie, ...answer.headers }).end(answer.html)
  } catch (error) {
    response.writeHead(400, cookie).end(`You are not signed in: ${error.error ?? error.message}`)
  }
}).listen(new URL(PRODUCT_URL).port, '127.0.0.1')

function remembered(request) {
  const id = /(?:^|; )nest_builder=([^;]+)/.exec(request.headers.cookie ?? '')?.[1]
  if (sessions.has(id)) return { session: sessions.get(id), cookie: {} }
  const session = { id: randomUUID() }
  sessions.set(session.id, session)
  return { session, cookie: { 'Set-Cookie': `nest_builder=${session.id}; HttpOnly; SameSite=Lax; Path=/` } }
}
