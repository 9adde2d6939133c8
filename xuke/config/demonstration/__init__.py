"""A demonstration province, made by calling commands: authorities, officers, enterprises, applications in every state.

Training, browser tests, the journey and the benchmark play the same stories with the same people. All are invented.
"""
