"""Officers' lists taken away as files: orders, the files made by the worker, and lists streamed at once.

An export holds what its person may see while it is made, never more; whose rights have ended does not get the file. It
reads on connections of its own, so that no page queues behind it (docs/decisions/0032-exports.md).
"""
