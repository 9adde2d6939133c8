"""The only writers of enterprises, sites, mandates and invitations, one file per family of verbs."""

from xuke.parties.commands.bans import Banned, impose_ban, lift_ban
from xuke.parties.commands.counter import begin_counter_visit, end_counter_visit
from xuke.parties.commands.enterprises import Registered, add_site, note_registration, register_enterprise
from xuke.parties.commands.heads import note_counter_refusal, seat_head
from xuke.parties.commands.identity import check_identity
from xuke.parties.commands.invitations import accept_invitation, invite, note_refusal, withdraw_invitation
from xuke.parties.commands.mandates import change_mandate, end_mandate, give_mandate, hand_over

__all__ = [
    "Banned",
    "Registered",
    "accept_invitation",
    "add_site",
    "begin_counter_visit",
    "change_mandate",
    "check_identity",
    "end_counter_visit",
    "end_mandate",
    "give_mandate",
    "hand_over",
    "impose_ban",
    "invite",
    "lift_ban",
    "note_counter_refusal",
    "note_refusal",
    "note_registration",
    "register_enterprise",
    "seat_head",
    "withdraw_invitation",
]
