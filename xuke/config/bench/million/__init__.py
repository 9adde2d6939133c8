"""A register of a whole nation's size: a million licences, made by COPY in a database of its own.

The one exception to "only commands write" (architecture 7.2): what commands would have written one by one is written
here by the hundred thousand, so that pages and lists are measured on a table of that size. Everything is invented;
numbers carry right check digits, histories have no gaps, and `xuke journal verify` finds the journal whole.
"""
