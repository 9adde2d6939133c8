"""The auditor's desk: the journal in words, whether the sealed log is whole, a history exported with its proof."""
