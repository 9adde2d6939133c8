"""The only writers of users, authorities and postings, one file per family of verbs."""

from xuke.accounts.commands.authorities import (
    change_authority,
    close_authority,
    establish_authority,
    reopen_authority,
)
from xuke.accounts.commands.importing import import_authorities
from xuke.accounts.commands.people import (
    add_user,
    change_password,
    disable_user,
    enable_user,
    give_password,
    rename_user,
)
from xuke.accounts.commands.postings import appoint, deputise, dismiss, second
from xuke.accounts.commands.real_names import prove_real_name, withdraw_real_name

__all__ = [
    "add_user",
    "appoint",
    "change_authority",
    "change_password",
    "close_authority",
    "deputise",
    "disable_user",
    "dismiss",
    "enable_user",
    "establish_authority",
    "give_password",
    "import_authorities",
    "prove_real_name",
    "rename_user",
    "reopen_authority",
    "second",
    "withdraw_real_name",
]
