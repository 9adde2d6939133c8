"""The installation cannot be used like this."""

from __future__ import annotations

from pathlib import Path


class Unusable(Exception):
    """The message says why, in Chinese, and what to do; the command line prints it and ends with 2."""


def why_not_read(place: Path, problem: OSError) -> str:
    """Why a file could not be read, as a sentence; the system would say it in English."""
    match problem:
        case FileNotFoundError() | NotADirectoryError():
            return f"没有这个文件：{place}。"
        case IsADirectoryError():
            return f"这是一个目录，不是文件：{place}。"
        case PermissionError():
            return f"没有读取这个文件的权限：{place}。"
    return f"读不到这个文件：{place}（系统错误{problem.errno}）。"
