"""Addresses of this app: the ways in under /login/, one's own account under /account/."""

from __future__ import annotations

from django.urls import URLPattern, path

from xuke.identity.certificates import urls as certificates
from xuke.identity.oidc import urls as oidc
from xuke.identity.views import account, officer, public, second

urlpatterns: list[URLPattern] = [
    path("login/", public.log_in, name="login"),
    path("login/passkey/", second.passkey_log_in, name="login-passkey"),
    path("login/passkey/options/", second.options_alone, name="login-passkey-options"),
    path("login/second/", second.second_factor, name="second-factor"),
    path("login/second/options/", second.options_second, name="second-factor-options"),
    path("logout/", public.log_out, name="logout"),
    path("account/security/", account.security, name="account-security"),
    path("account/changes/", account.changes, name="account-changes"),
    path("account/confirm/", second.confirm, name="account-confirm"),
    path("account/confirm/options/", second.options_again, name="account-confirm-options"),
    path("account/password/", account.password, name="account-password"),
    path("account/totp/", account.totp, name="account-totp"),
    path("account/totp/remove/", account.remove_totp, name="account-totp-remove"),
    path("account/passkeys/", account.add_passkey, name="account-passkey"),
    path("account/passkeys/options/", account.options_make, name="account-passkey-options"),
    path("account/passkeys/<uuid:pk>/", account.rename_passkey, name="account-passkey-rename"),
    path("account/passkeys/<uuid:pk>/remove/", account.remove_passkey, name="account-passkey-remove"),
    path("account/recovery-codes/", account.recovery_codes, name="account-recovery-codes"),
    path("account/sessions/", account.my_sessions, name="account-sessions"),
    path("account/sessions/end/", account.end_sessions, name="account-sessions-end"),
    path("account/sessions/<uuid:pk>/end/", account.end_session, name="account-session-end"),
    path("office/admin/people/<int:number>/factors/", officer.reset_factors, name="admin-factors"),
    *oidc.urlpatterns,
    *certificates.urlpatterns,
]
