"""核对一份导出的办理经过 · Check an exported history.

    python3 check_history.py                      核对本文件所在的文件夹 · the folder this file lies in
    python3 check_history.py 日志证明.zip          核对一个压缩包或文件夹 · a zip or a folder
      --head FILE   与另处保存的树头比对 · compare with heads kept elsewhere
      --key ID      要求由这个公钥签名 · demand this signing key

Python 3.8 or newer, nothing but its standard library, no network: it should still run when the office that made the
export no longer does. Exit code 0: everything agrees; 1: something does not, or could not be read.

What is checked: every file against the signed manifest (Ed25519, RFC 8032); every head of the log against its
signature; every entry, byte for byte, by its inclusion proof against the newest head (RFC 9162); the older heads by
consistency proofs; that the entries are those of one subject and count 1, 2, 3 … without gaps.
"""

from __future__ import annotations

import argparse
import json
import sys
import zipfile
from hashlib import sha256, sha512
from pathlib import Path

MANIFEST, PROOF, HISTORY, HEADS = "manifest.json", "proof.json", "history.jsonl", "heads.jsonl"
HEAD_TYPE, MANIFEST_TYPE, PROOF_TYPE = "xuke-journal-head-1", "xuke-journal-export-1", "xuke-history-proof-1"
UNREADABLE = (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OSError, OverflowError)
LARGEST = 200_000_000
"""Bytes; a file that unpacks to more is not one of ours."""


class Result:
    """What was checked, sentence by sentence, in Chinese and English."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.sound = True

    def good(self, chinese: str, english: str) -> None:
        self.lines.append(f"[通过] {chinese}\n       {english}")

    def note(self, chinese: str, english: str) -> None:
        self.lines.append(f"[注意] {chinese}\n       {english}")

    def bad(self, chinese: str, english: str) -> None:
        self.sound = False
        self.lines.append(f"[不符] {chinese}\n       {english}")

    def verdict(self) -> str:
        if self.sound:
            return "结论：核对通过，内容与签名的日志一致。\nResult: everything agrees with the signed log."
        return "结论：核对未通过，这份材料不可信。\nResult: this export must not be relied on."


# --- Ed25519 (RFC 8032, 5.1) ------------------------------------------------------------------------------------------

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT_OF_MINUS_ONE = pow(2, (_P - 1) // 4, _P)


def _point(encoded: bytes) -> tuple[int, int, int, int] | None:
    """The point of 32 bytes in extended coordinates; None when there is none."""
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT_OF_MINUS_ONE % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = _P - x
    return x, y, 1, x * y % _P


def _add(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    a = (one[1] - one[0]) * (other[1] - other[0]) % _P
    b = (one[1] + one[0]) * (other[1] + other[0]) % _P
    c = 2 * one[3] * other[3] * _D % _P
    d = 2 * one[2] * other[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(number: int, point: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    total = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = _add(total, point)
        point = _add(point, point)
        number >>= 1
    return total


_BASE_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202
_BASE_Y = 4 * pow(5, _P - 2, _P) % _P
_BASE = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % _P)


def is_signed(public: bytes, content: bytes, signature: bytes) -> bool:
    """Whether the 64 bytes are the signature of the content under the 32 bytes of the public key."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, start = _point(public), _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or start is None or scalar >= _L:
        return False
    challenge = int.from_bytes(sha512(signature[:32] + public + content).digest(), "little") % _L
    left, right = _times(scalar, _BASE), _add(start, _times(challenge, key))
    same_x = (left[0] * right[2] - right[0] * left[2]) % _P == 0
    return same_x and (left[1] * right[2] - right[1] * left[2]) % _P == 0


# --- the Merkle tree (RFC 9162, 2.1) ----------------------------------------------------------------------------------


def leaf_hash(content: bytes) -> bytes:
    """The hash of a leaf."""
    return sha256(b"\x00" + content).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def proves_inclusion(path: list[bytes], leaf: bytes, index: int, size: int, root: bytes) -> bool:
    """Whether the path leads from the leaf to the root (2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, current = leaf, size - 1, index
    for step in path:
        if last == 0:
            return False
        if current & 1 or current == last:
            node = _node(step, node)
            while not current & 1 and current:
                current, last = current >> 1, last >> 1
        else:
            node = _node(node, step)
        current, last = current >> 1, last >> 1
    return last == 0 and node == root


def proves_consistency(path: list[bytes], old: int, old_root: bytes, size: int, root: bytes) -> bool:
    """Whether the tree of `old` leaves is the beginning of the tree of `size` leaves (2.1.4.2)."""
    if old == size:
        return not path and old_root == root
    if not 0 < old < size:
        return False
    steps = [old_root, *path] if old & (old - 1) == 0 else path
    if not steps:
        return False
    current, last = old - 1, size - 1
    while current & 1:
        current, last = current >> 1, last >> 1
    old_node = new_node = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if current & 1 or current == last:
            old_node, new_node = _node(step, old_node), _node(step, new_node)
            while not current & 1 and current:
                current, last = current >> 1, last >> 1
        else:
            new_node = _node(new_node, step)
        current, last = current >> 1, last >> 1
    return last == 0 and old_node == old_root and new_node == root


# --- reading ----------------------------------------------------------------------------------------------------------


def read(place: Path) -> dict[str, bytes]:
    """The files of an export, by their names, from a zip or from a folder."""
    if place.is_dir():
        found = sorted(path for path in place.rglob("*") if path.is_file() and not _is_of_the_desktop(path))
        return {path.relative_to(place).as_posix(): path.read_bytes() for path in found}
    with zipfile.ZipFile(place) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len({entry.filename for entry in entries}) < len(entries):
            raise Unfit("压缩包里有同名的文件。", "two files of one name")
        if sum(entry.file_size for entry in entries) > LARGEST:
            raise Unfit("内容太大，不是导出的办理经过。", "too large")
        return {entry.filename: archive.read(entry) for entry in entries}


class Unfit(ValueError):
    """Why something is not read, in Chinese and English."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(english)
        self.chinese, self.english = chinese, english


def why_not_read(problem: Exception) -> tuple[str, str]:
    """Sentences for what Python and the system only say in English."""
    place = getattr(problem, "filename", None) or ""
    if isinstance(problem, Unfit):
        return problem.chinese, f"{problem.english}."
    if isinstance(problem, (FileNotFoundError, NotADirectoryError)):
        return f"没有这个文件：{place}。", f"there is no such file: {place}."
    if isinstance(problem, IsADirectoryError):
        return f"这是一个文件夹，不是文件：{place}。", f"this is a folder, not a file: {place}."
    if isinstance(problem, PermissionError):
        return f"没有读取的权限：{place}。", f"it may not be read: {place}."
    if isinstance(problem, OSError) and problem.errno is not None:
        return f"系统读不出来：{place}（错误{problem.errno}）。", f"the system failed: {place} ({problem.errno})."
    return "它不是完好的压缩包，或者已经损坏。", "it is no zip, or it is damaged."


def _is_of_the_desktop(path: Path) -> bool:
    """Whether the file manager of somebody's computer, or Python, has put it there."""
    return path.name in (".DS_Store", "Thumbs.db", "desktop.ini") or "__pycache__" in path.parts


def canonical(value: object) -> bytes:
    """The one way in which signed statements are written: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


class Signed:
    """A statement with its signature, as one line of canonical JSON."""

    def __init__(self, line: bytes, kind: str) -> None:
        self.facts = json.loads(line.decode())
        if self.facts["type"] != kind:
            raise ValueError("another kind of statement")
        if canonical(self.facts) + b"\n" != line:
            raise ValueError("not written canonically")
        self.signature = bytes.fromhex(self.facts["signature"])
        self.key = str(self.facts["key_id"])
        self.statement = canonical({name: value for name, value in self.facts.items() if name != "signature"})

    def is_genuine(self, keys: dict[str, bytes]) -> bool:
        return self.key in keys and is_signed(keys[self.key], self.statement, self.signature)


class Head(Signed):
    """A head of the log: everything up to `size` entries in one digest."""

    def __init__(self, line: bytes) -> None:
        super().__init__(line, HEAD_TYPE)
        self.size, self.root = _whole(self.facts["size"]), bytes.fromhex(self.facts["root"])
        self.at = str(self.facts["at"])


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("not a whole number")
    return value


def _hashes(values: object) -> list[bytes]:
    if not isinstance(values, list):
        raise TypeError("not a list of hashes")
    return [bytes.fromhex(value) for value in values]


_DER = bytes.fromhex("302a300506032b6570032100")
"""What comes before the 32 bytes of an Ed25519 public key."""


def public_key(pem: bytes) -> tuple[str, bytes]:
    """The fingerprint of a public key file and the 32 bytes of the key."""
    from base64 import b64decode

    lines = pem.decode("ascii").strip().splitlines()
    if lines[0] != "-----BEGIN PUBLIC KEY-----" or lines[-1] != "-----END PUBLIC KEY-----":
        raise ValueError("not a public key")
    der = b64decode("".join(lines[1:-1]), validate=True)
    if len(der) != 44 or not der.startswith(_DER):
        raise ValueError("not an Ed25519 public key")
    return sha256(der).hexdigest(), der[len(_DER) :]


# --- checking ---------------------------------------------------------------------------------------------------------


def check(files: dict[str, bytes], *, kept: bytes = b"", key: str = "") -> Result:
    """Check the files of an export, against heads kept elsewhere and a demanded key where these are given."""
    result = Result()
    keys = _keys(files, result)
    manifest = _manifest(files, keys, result)
    heads = _heads(files, keys, result)
    if heads:
        _entries(files, heads[-1], manifest, result)
        _older(files, heads, result)
    if key:
        _demanded(key, [manifest, *heads], result)
    if kept:
        _kept(kept, heads, result)
    elif result.sound:
        result.note(
            "没有与另处保存的树头比对（--head）。公钥在材料之内，请与签发机关公布的公钥指纹核对："
            + "、".join(sorted(keys)),
            "No head kept elsewhere was given (--head). The public keys come with the export: compare their "
            "fingerprints, named above, with those the office has published.",
        )
    return result


def _keys(files: dict[str, bytes], result: Result) -> dict[str, bytes]:
    found = {}
    for name, content in files.items():
        if not name.startswith("keys/"):
            continue
        try:
            fingerprint, key = public_key(content)
            if name != f"keys/{fingerprint}.pem":
                raise ValueError("the name is not the fingerprint")
            found[fingerprint] = key
        except UNREADABLE:
            result.bad(f"公钥文件{name}无法读取，或者文件名不是它的指纹。", f"{name} is not the key it is named after.")
    return found


def _manifest(files: dict[str, bytes], keys: dict[str, bytes], result: Result) -> Signed | None:
    try:
        manifest = Signed(files[MANIFEST], MANIFEST_TYPE)
        named = dict(manifest.facts["files"])
    except UNREADABLE:
        result.bad("清单manifest.json缺失或者无法读取。", "The manifest is missing or cannot be read.")
        return None
    if not manifest.is_genuine(keys):
        result.bad("清单的签名无效。", "The signature of the manifest is not valid.")
        return None
    wrong = [name for name in sorted(named) if sha256(files.get(name, b"")).hexdigest() != named[name]]
    missing = [name for name in wrong if name not in files]
    added = sorted(set(files) - set(named) - {MANIFEST})
    for names, chinese, english in (
        (missing, "文件缺失", "Files are missing"),
        ([name for name in wrong if name in files], "文件与签名的清单不符", "Files differ from the signed manifest"),
        (added, "文件不在签名的清单内", "Files are not in the signed manifest"),
    ):
        if names:
            result.bad(f"{chinese}：{'、'.join(names)}。", f"{english}: {', '.join(names)}.")
    if not (wrong or added):
        result.good(
            f"清单签名有效，{len(named)}个文件均与清单一致。",
            f"The manifest is signed and all {len(named)} files agree with it.",
        )
    return manifest


def _heads(files: dict[str, bytes], keys: dict[str, bytes], result: Result) -> list[Head]:
    try:
        heads = [Head(line) for line in files[HEADS].splitlines(keepends=True)]
        if not heads or any(one.size >= next_.size for one, next_ in zip(heads, heads[1:])):  # noqa: B905, RUF007
            raise ValueError("no heads, or not in ascending order")
    except UNREADABLE:
        result.bad("树头文件heads.jsonl缺失或者无法读取。", "The heads are missing or cannot be read.")
        return []
    forged = [head for head in heads if not head.is_genuine(keys)]
    if forged:
        sizes = [str(head.size) for head in forged]
        result.bad(f"大小为{'、'.join(sizes)}的树头签名无效。", f"Heads of size {', '.join(sizes)} are not genuine.")
        return []
    newest = heads[-1]
    result.good(
        f"树头签名有效：{len(heads)}个，最新的记有{newest.size}个条目，签于{newest.at}。",
        f"{len(heads)} heads are genuinely signed; the newest covers {newest.size} entries, signed {newest.at}.",
    )
    return heads


def _entries(files: dict[str, bytes], head: Head, manifest: Signed | None, result: Result) -> None:
    """Every entry is in the log; together they are the history of one subject without gaps."""
    try:
        lines = files[HISTORY].splitlines(keepends=True)
        if any(not line.endswith(b"\n") for line in lines):
            raise ValueError("the last line is torn")
        facts = [json.loads(line.decode()) for line in lines]
        proof = json.loads(files[PROOF].decode())
        if proof["type"] != PROOF_TYPE or _whole(proof["head"]) != head.size or len(proof["entries"]) != len(lines):
            raise ValueError("the proof belongs to something else")
        wrong, open_ = _unproven([line[:-1] for line in lines], proof["entries"], head)
        numbers = [_whole(fact["seq"]) for fact in facts]
        streams = {fact["stream"] for fact in facts} | {proof["stream"]}
    except UNREADABLE:
        result.bad("办理经过或者证明缺失，或者无法读取。", "The history or its proof is missing or cannot be read.")
        return
    for place in wrong:
        result.bad(
            f"第{place}条与签名的日志不符：内容被改动，或者证明不属于它。",
            f"Entry {place} is not what the signed log holds.",
        )
    if numbers != list(range(1, len(numbers) + 1)):
        result.bad("条目的序号不是从1起连续：有条目缺失、重复或者次序被改动。", "Entries do not count 1, 2, 3 … .")
    if len(streams) != 1 or (manifest and manifest.facts["stream"] not in streams):
        result.bad("条目不属于同一件事项。", "The entries are not about one subject.")
    if manifest and (manifest.facts["entries"], manifest.facts["sealed"]) != (len(lines), len(lines) - len(open_)):
        result.bad("条目数与签名的清单不符。", "The number of entries differs from the signed manifest.")
    sealed = len(lines) - len(open_) - len(wrong)
    if not wrong and lines:
        result.good(
            f"{sealed}个条目逐字节包含在签名的日志中，序号从1起连续。",
            f"{sealed} entries are, byte for byte, in the signed log and count from 1 without gaps.",
        )
    if open_:
        result.note(
            f"导出时尚未封存、因此没有证明的条目：第{'、'.join(map(str, open_))}条。",
            f"Not yet sealed when exported, hence without proof: {', '.join(map(str, open_))}.",
        )


def _unproven(lines: list[bytes], proofs: list[dict[str, object]], head: Head) -> tuple[list[int], list[int]]:
    """The places, from 1, of entries that fail their proof, and of those that had none yet."""
    wrong, open_, positions = [], [], set()
    for place, (line, proof) in enumerate(zip(lines, proofs), start=1):  # noqa: B905
        if proof["position"] is None:
            open_.append(place)
            continue
        position = _whole(proof["position"])
        fits = proves_inclusion(_hashes(proof["path"]), leaf_hash(line), position, head.size, head.root)
        if not fits or position in positions:
            wrong.append(place)
        positions.add(position)
    return wrong, open_


def _older(files: dict[str, bytes], heads: list[Head], result: Result) -> None:
    """Older heads say the same as the newest about what they cover."""
    newest = heads[-1]
    try:
        paths = {_whole(row["size"]): _hashes(row["path"]) for row in json.loads(files[PROOF].decode())["older"]}
    except UNREADABLE:
        result.bad("树头之间的证明无法读取。", "The proofs between the heads cannot be read.")
        return
    if set(paths) != {head.size for head in heads[:-1]}:
        result.bad("树头与证明不是一一对应。", "Heads and proofs do not match one to one.")
        return
    wrong = [
        str(head.size)
        for head in heads[:-1]
        if not proves_consistency(paths[head.size], head.size, head.root, newest.size, newest.root)
    ]
    if wrong:
        result.bad(f"较早的树头与最新的不一致：{'、'.join(wrong)}。", f"Older heads disagree: {', '.join(wrong)}.")
    elif paths:
        result.good(f"较早的{len(paths)}个树头都是最新日志的开头。", f"{len(paths)} older heads are its beginnings.")


def _demanded(key: str, statements: list[Signed | None], result: Result) -> None:
    signers = {statement.key for statement in statements if statement}
    if key.lower() in signers:
        result.good("清单或者树头由指定的公钥签名。", "The demanded key signed the manifest or a head.")
    else:
        result.bad("指定的公钥没有在这份材料上签名。", "The demanded key has not signed this export.")


def _kept(kept: bytes, heads: list[Head], result: Result) -> None:
    """Compare with heads that were kept outside the office: the same size must have the same root."""
    ours = {head.size: head for head in heads}
    same = 0
    for line in kept.splitlines():
        try:
            other = Head(line.rstrip(b"\r") + b"\n")
        except UNREADABLE:
            result.bad("另处保存的文件中有读不懂的行。", "The file of kept heads has a line that is no head.")
            return
        mine = ours.get(other.size)
        if mine and mine.root != other.root:
            result.bad(
                f"大小为{other.size}的树头与另处保存的不同：日志有过两个版本。",
                f"The head of size {other.size} differs from the one kept elsewhere: the log was forked.",
            )
            return
        same += mine is not None
    if same:
        result.good(f"{same}个树头与另处保存的相同。", f"{same} heads are the same as those kept elsewhere.")
    else:
        result.bad(
            "另处保存的树头中没有大小相同的，无法比对。请导出时附上那个树头（xuke journal export --head）。",
            "None of the kept heads has the size of one in this export. Export again with that head (--head).",
        )


def main(arguments: list[str] | None = None) -> int:
    """Check, tell, and return 0 or 1."""
    parser = argparse.ArgumentParser(description="核对导出的办理经过 · check an exported history")
    parser.add_argument("place", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--head", type=Path, metavar="FILE", help="另处保存的树头 · heads kept elsewhere")
    parser.add_argument("--key", default="", metavar="ID", help="公钥指纹 · fingerprint of the signing key")
    asked = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
    try:
        files = read(asked.place)
        kept = asked.head.read_bytes() if asked.head else b""
        if asked.head and not kept.strip():
            raise Unfit("另处保存的树头文件是空的。", "the file of kept heads is empty")
    except (*UNREADABLE, zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as problem:
        chinese, english = why_not_read(problem)
        sys.stdout.write(f"[不符] 读不到材料：{chinese}\n       Cannot be read: {english}\n")
        return 1
    result = check(files, kept=kept, key=asked.key.strip())
    sys.stdout.write("\n".join((*result.lines, "", result.verdict(), "")))
    return 0 if result.sound else 1


if __name__ == "__main__":
    sys.exit(main())
