"""Keys and seals: who may sign, the signature inside a PDF, its check, and the picture of the seal.

Pure libraries: paths and keys are arguments. What is signed, and when, is decided in the apps above.
"""
