"""Logging in through an identity platform (统一身份认证平台) that speaks OpenID Connect.

Owns the way there and back: settings of the platform, the state of somebody on the way (`Departure`), the talk with the
platform, the check of what it says, whom it means (`ExternalIdentity`), and whether it can be reached at all
(`PlatformHealth`). Sessions, second factors and the journal of refused attempts belong to `xuke.identity`.
"""
