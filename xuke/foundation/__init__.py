"""What every app stands on: identifiers, working days, the statutory clock, workflow tables, journal, files, numbers.

Nothing here knows a licence, an authority or a page. The pure modules (`identifiers`, `calendar`, `clock`, `workflow`,
`merkle`) import no Django, so that they run in the command line, in tests and on an auditor's laptop alike.
"""
