"""Everybody's pages. They read in the role that sees only what is published, and open no transaction."""
