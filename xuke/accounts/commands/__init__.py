"""The only writers of users, authorities and postings, one file per family of verbs."""

from xuke.accounts.commands.people import add_user, appoint, dismiss, establish_authority
from xuke.accounts.commands.real_names import prove_real_name, withdraw_real_name

__all__ = ["add_user", "appoint", "dismiss", "establish_authority", "prove_real_name", "withdraw_real_name"]
