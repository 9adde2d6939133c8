"""The page: frame, components, HTMX helpers, refusals put into words, uploads kept in bounds.

Knows nobody above. What a page needs from there comes as context (`nav`, `who`) or as an attribute of the request
(`actor`). Owns no row: it opens the transaction in which a view runs and never looks inside.
"""
