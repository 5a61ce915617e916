"""Where data lies: files, folders and S3 prefixes, opened as streams of bytes."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast

from mooring_monitor.aws import client
from mooring_monitor.errors import InputError

#: File name endings per format; files with other endings in a folder are passed over.
_ENDINGS = {
    "csv": (".csv", ".txt"),
    "parquet": (".parquet", ".pq"),
    "capture": (".jsonl", ".json"),
    "merged": (".jsonl", ".json"),
}


@dataclass(frozen=True)
class Source:
    """One object to read."""

    name: str
    open: Callable[[], IO[bytes]]
    #: When the object was written (UTC); None for local files.
    written: datetime | None = None
    #: Bytes; None when not known.
    size: int | None = None


def sources(paths: Sequence[str], data_format: str, s3: Any = None) -> list[Source]:
    """Objects behind files, folders (read recursively, in name order) and s3:// URIs.

    Raises InputError naming every path with nothing to read.
    """
    found: list[Source] = []
    empty: list[str] = []
    for path in paths:
        new = _s3_sources(path, data_format, s3) if path.startswith("s3://") else _local_sources(path, data_format)
        found.extend(new)
        if not new:
            empty.append(path)
    if empty:
        endings = " or ".join(_ENDINGS[data_format])
        raise InputError(f"nothing to read at {', '.join(empty)}; a file, or a folder with {endings} files, is needed")
    return found


def split_uri(uri: str) -> tuple[str, str]:
    """Bucket and key prefix of an s3:// URI."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    if not uri.startswith("s3://") or not bucket:
        raise InputError(f"'{uri}' is not an s3:// address; write s3://bucket/prefix")
    return bucket, key.strip("/")


def list_objects(s3: Any, bucket: str, prefix: str) -> Iterator[Source]:
    """Objects below a prefix in key order."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    for page in pages:
        for item in page.get("Contents", []):
            key = item["Key"]
            yield Source(f"s3://{bucket}/{key}", _opener(s3, bucket, key), item.get("LastModified"), item.get("Size"))


def list_folders(s3: Any, location: str, after: str) -> list[str]:
    """Names of the folders directly below an s3:// address that come after a name, in order."""
    bucket, prefix = split_uri(location)
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix=f"{prefix}/", Delimiter="/", StartAfter=f"{prefix}/{after}"
    )
    return [each["Prefix"].rstrip("/").rpartition("/")[2] for page in pages for each in page.get("CommonPrefixes", [])]


def read_object(s3: Any, uri: str) -> bytes | None:
    """Content of a small object; None when there is none.

    It is listed first: getting what does not exist is "access denied" to a role that may list some prefixes only.
    """
    for source in list_objects(s3, *split_uri(uri)):
        if source.name == uri:
            with source.open() as stream:
                return stream.read()
    return None


def s3_client() -> Any:
    """The S3 client of the process."""
    return client("s3")


def _opener(s3: Any, bucket: str, key: str) -> Callable[[], IO[bytes]]:
    def opened() -> IO[bytes]:
        body = s3.get_object(Bucket=bucket, Key=key)["Body"]
        return cast("IO[bytes]", io.BufferedReader(_Body(body), 1 << 20))

    return opened


class _Body(io.RawIOBase):
    """A streaming body with the buffer protocol that io.BufferedReader wants."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._body.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _s3_sources(uri: str, data_format: str, s3: Any) -> list[Source]:
    bucket, prefix = split_uri(uri)
    listed = list_objects(s3 or s3_client(), bucket, prefix)
    return [each for each in listed if each.name == uri or each.name.endswith(_ENDINGS[data_format])]


def _local_sources(path: str, data_format: str) -> list[Source]:
    where = Path(path)
    if where.is_file():
        return [_file(where)]
    files = sorted(each for each in where.rglob("*") if each.is_file() and each.name.endswith(_ENDINGS[data_format]))
    return [_file(each) for each in files]


def _file(path: Path) -> Source:
    return Source(str(path), lambda: path.open("rb"), size=path.stat().st_size)
