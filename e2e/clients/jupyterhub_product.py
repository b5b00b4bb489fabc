"""jupyterhub_config.py for GenericOAuthenticator 17. ISSUER, PRODUCT_URL, CLIENT_ID, CLIENT_SECRET: as registered."""

import os

ISSUER, HOME = os.environ["ISSUER"], os.environ["PRODUCT_URL"]

c = get_config()  # type: ignore  # noqa
c.JupyterHub.authenticator_class = "generic-oauth"
c.GenericOAuthenticator.client_id = os.environ["CLIENT_ID"]
c.GenericOAuthenticator.client_secret = os.environ["CLIENT_SECRET"]
c.GenericOAuthenticator.oauth_callback_url = f"{HOME}/hub/oauth_callback"
c.GenericOAuthenticator.authorize_url = f"{ISSUER}/authorize"
c.GenericOAuthenticator.token_url = f"{ISSUER}/token"
c.GenericOAuthenticator.userdata_url = f"{ISSUER}/userinfo"
c.GenericOAuthenticator.scope = ["openid", "profile", "email", "roles", "offline_access"]
c.GenericOAuthenticator.username_claim = "email"
c.GenericOAuthenticator.auto_login = True
c.GenericOAuthenticator.logout_redirect_url = (
    f"{ISSUER}/sign-out?client_id={os.environ['CLIENT_ID']}&post_logout_redirect_uri={HOME}/hub/"
)

# roles become groups; who may enter is better said where the product is registered (`--role`)
c.GenericOAuthenticator.allow_all = True
c.GenericOAuthenticator.manage_groups = True
c.GenericOAuthenticator.auth_state_groups_key = "oauth_user.roles"
c.GenericOAuthenticator.admin_groups = {"admin"}

# asks again every five minutes, with the refresh token, whether the person is still there and in which role;
# needs JUPYTERHUB_CRYPT_KEY in the environment: openssl rand -hex 32
c.GenericOAuthenticator.enable_auth_state = True
c.GenericOAuthenticator.auth_refresh_age = 300
