"""Applications: from the first keystroke of a draft to the decision and the right it creates.

The life is a table (`workflow.py`); what the law says is `rules.py`; only `commands` writes.
"""
