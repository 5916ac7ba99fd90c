"""Writes data packs: a JSON index, then one zlib block per name; `nhilint.data.pack` reads them."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import tarfile
import tempfile
import tomllib
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
DATA = HERE.parent / "nhilint" / "data"
MANIFEST = DATA / "manifest.json"


def compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()


def write_pack(path: Path, blocks: Mapping[str, Any]) -> None:
    """Blocks by name; reading one costs one seek and one inflate."""
    index, body = {}, bytearray()
    for name in sorted(blocks):
        block = zlib.compress(compact(blocks[name]), 9)
        index[name] = [len(body), len(block)]
        body += block
    head = zlib.compress(compact(index), 9)
    path.write_bytes(len(head).to_bytes(4, "big") + head + bytes(body))


def pins() -> dict[str, dict[str, str]]:
    return tomllib.loads((HERE / "pins.toml").read_text())


def archive(name: str) -> tuple[bytes, dict[str, str]]:
    """The pinned archive of a registry package, fetched by its ordinary client and held against its hash."""
    pin = pins()[name]
    with tempfile.TemporaryDirectory() as folder:
        if pin["registry"] == "npm":
            command = ["npm", "pack", "--silent", f"{name}@{pin['version']}"]
        else:
            command = ["pip", "download", "-q", "--no-deps", "--no-binary=:none:", f"{name}=={pin['version']}"]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        (file,) = Path(folder).iterdir()
        content = file.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != pin["sha256"]:
        raise SystemExit(f"{name} {pin['version']}: sha256 is {digest}, pinned is {pin['sha256']}")
    return content, pin


def members(content: bytes, suffix: str) -> dict[str, bytes]:
    """The files of a wheel or npm archive whose name ends so; nothing is unpacked to disk or imported."""
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as wheel:
            return {name: wheel.read(name) for name in wheel.namelist() if name.endswith(suffix)}
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        found = {}
        for member in tar.getmembers():
            if member.isfile() and member.name.endswith(suffix):
                file = tar.extractfile(member)
                assert file is not None
                found[member.name] = file.read()
        return found


def record(part: str, sources: list[dict[str, str]], counts: dict[str, int], date: str) -> None:
    """Enters what a pack was made from into the manifest."""
    manifest = json.loads(MANIFEST.read_text()) if MANIFEST.exists() else {}
    manifest[part] = {"date": date, "sources": sources, "counts": counts}
    MANIFEST.write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n")
