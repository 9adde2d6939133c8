"""People who log in, the authorities as a tree, postings with roles. What a person may see and do begins here.

Enterprises and the people acting for them live above, in `parties`.
"""
