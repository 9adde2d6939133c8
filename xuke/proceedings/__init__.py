"""Acts of an authority against a licence: taking it back, rescinding, revoking and cancelling it ex officio.

A case (`Proceeding`) leads from the facts by notice, statement and defence, perhaps a hearing, to a decision in other
hands. What the decision does is done below: `certificates.endings` ends the right, `parties` keeps the bans. What the
holder asks for themselves is an application and belongs to `licensing`.
"""
