// A product without a server of its own, with oidc-client-ts 3. settings.js says ISSUER and CLIENT_ID.

const home = `${location.origin}/`
const users = new oidc.UserManager({
  authority: ISSUER,
  client_id: CLIENT_ID,
  redirect_uri: home, // also where windows and hidden frames come back to
  post_logout_redirect_uri: home,
  scope: 'openid profile email roles offline_access',
  loadUserInfo: true,
  revokeTokensOnSignout: true,
})

users.events.addUserLoaded(show)
users.events.addUserUnloaded(() => show(null))
users.events.addSilentRenewError(() => users.removeUser()) // the session is over: signed out elsewhere, new role

on('sign-in', () => users.signinRedirect())
on('sign-in-window', () => users.signinPopup())
on('renew', () => users.signinSilent().catch(() => users.removeUser()))
on('sign-out', () => users.signoutRedirect())
start()

async function start() {
  const query = new URLSearchParams(location.search)
  if (query.has('state')) {
    // back from the provider, with a code, an error, or a sign-out; in a window or frame, this tells its opener
    await (query.has('code') || query.has('error') ? users.signinCallback() : users.signoutCallback()).catch(complain)
    if (window.parent === window && !window.opener) history.replaceState({}, '', home)
  }
  if (window.parent !== window) return
  // who was here before; else who is signed in at the provider, asked without disturbing them
  show((await users.getUser()) ?? (await users.signinSilent().catch(() => null)))
}

function show(user) {
  const { name, role } = user?.profile ?? {}
  document.getElementById('hello').textContent = user ? `Hello, ${name} (${role})` : 'Nobody is signed in.'
}

function complain(error) {
  console.warn('not signed in:', error.message)
}

function on(id, act) {
  document.getElementById(id).addEventListener('click', act)
}
