"""Notices and decisions (文书): numbered, from dated templates, served on a day from which the remedies run."""
