"""The baselines of the live model, from a folder or from S3.

A scheduled job gives the S3 prefix: mounted as an input it would make every run fail until the first model is live,
because a job refuses an empty prefix.
"""

from __future__ import annotations

import shutil
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Final

from mooring_monitor.errors import InputError
from mooring_monitor.json_file import read_json
from mooring_monitor.readers.source import list_objects, s3_client, split_uri

#: Written last by whoever publishes a model (contracts/names.ts liveFiles): where it is, its baselines are too.
MANIFEST: Final = "manifest.json"


def fetch_baseline(location: str, folder: Path, s3: Any = None) -> Path | None:
    """Folder with the baselines: `location` itself, or `folder` filled from s3://; None while nothing is live."""
    if not location.startswith("s3://"):
        return Path(location)
    bucket, prefix = split_uri(location)
    folder.mkdir(parents=True, exist_ok=True)
    for source in list_objects(s3 or s3_client(), bucket, f"{prefix}/"):
        with source.open() as content, (folder / Path(source.name).name).open("wb") as target:
            shutil.copyfileobj(content, target)
    return folder if (folder / MANIFEST).exists() else None


def live_since(folder: Path) -> datetime | None:
    """When the live version took all traffic; None for a baseline without manifest.

    Raises InputError when the manifest is unreadable or its time is.
    """
    path = folder / MANIFEST
    if not path.exists():
        return None
    manifest = read_json(path, "live manifest")
    text = manifest.get("deployed_at") if isinstance(manifest, dict) else None
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        raise InputError(f"live manifest '{path}': deployed_at '{text}' is not an ISO-8601 time") from None
    return time if time.tzinfo is not None else time.replace(tzinfo=timezone.utc)
