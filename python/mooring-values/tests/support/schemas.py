"""Random schemas with random spellings, and the ways in which their rows reach the product."""

from __future__ import annotations

import base64
import csv
import io
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
from mooring_monitor.drift.comparison import Baseline, compare
from mooring_monitor.drift.findings import Findings
from mooring_monitor.json_file import write_json
from mooring_monitor.profile.constraints import constraints_document
from mooring_monitor.profile.dataset_profile import DatasetProfile
from mooring_monitor.profile.statistics import statistics_document
from mooring_monitor.readers.batch import Batch, Skips
from mooring_monitor.readers.capture import read_capture
from mooring_monitor.readers.csv_file import read_csv
from mooring_monitor.readers.parquet_file import read_parquet
from mooring_monitor.readers.source import Source
from mooring_monitor.readers.transform_output import read_outputs
from mooring_monitor.readers.window import Window
from mooring_monitor.records import Occasion
from mooring_steps.serving import input_fn
from mooring_steps.tables import read_folder, write_csv
from mooring_steps.texts import Table, iso_texts
from mooring_steps.transform import Transform
from mooring_steps.use_case import parse_use_case as parse_steps
from mooring_use_case.use_case import UseCase, parse_use_case
from mooring_values.cells import MISSING, cell
from mooring_values.moments import proven_format

#: Kinds of columns and the type they are declared as.
KINDS = {
    "number": "number",
    "integer": "integer",
    "large integer": "integer",
    "words": "category",
    "codes": "category",
    "decimals": "category",
    "whole decimals": "category",
    "truth": "category",
    "leading zeros": "category",
    "large codes": "category",
    "declared NA": "category",
    "scientific": "category",
    "iso times": "timestamp",
    "day first": "timestamp",
}
WORDS = ["a", "b c", "None", "unknown", "Zürich", "東京", 'x "y"', "p,q", "１２", "1e3", "yes", "-", "?", "v1.0", "<i>"]
_START = datetime(2024, 1, 1, tzinfo=timezone.utc)
_WINDOW = Window(_START, _START + timedelta(hours=1))


@dataclass(frozen=True)
class Schema:
    """Columns by kind, and rows as they are spelled in a file."""

    kinds: Sequence[str]
    seed: int
    rows: int = 70
    cells: Mapping[str, list[str]] = field(init=False)

    def __post_init__(self) -> None:
        chance = random.Random(self.seed)
        cells = {name: column(kind, self.rows, chance) for name, kind in self.named}
        object.__setattr__(self, "cells", cells)

    @property
    def named(self) -> list[tuple[str, str]]:
        """Names and kinds of the features."""
        return [(f"f{index}", kind) for index, kind in enumerate(self.kinds)]

    @property
    def document(self) -> dict[str, Any]:
        """The use case."""
        columns: list[dict[str, Any]] = [
            {"name": name, "type": KINDS[kind], **({"categories": ["EU", "NA"]} if kind == "declared NA" else {})}
            for name, kind in self.named
        ]
        return {
            "name": "any",
            "task": "binary",
            "dataset": {
                "columns": [*columns, {"name": "id", "type": "category"}, {"name": "y", "type": "integer"}],
                "key": "id",
                "label": "y",
                "positive": 1,
            },
        }


def column(kind: str, rows: int, chance: random.Random) -> list[str]:
    """Cells of a column, each spelled in one of the ways that mean the same."""
    share = chance.choice([0, 0, 0.1, 0.5])
    if kind == "iso times":
        form = chance.choice(["%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ"])
        values = [(_START + timedelta(hours=chance.randrange(8_000))).strftime(form) for _ in range(rows)]
        return [_or_missing(each, share, chance) for each in values]
    if kind == "day first":
        return [
            _or_missing((_START + timedelta(days=day % 366)).strftime("%d/%m/%Y"), share if day > 30 else 0, chance)
            for day in range(rows)
        ]
    if kind == "number":
        few = chance.random() < 0.3
        numbers = [chance.choice([1.5, 2.0, 1e-7]) if few else chance.gauss(0, 1e3) for _ in range(rows)]
        return [_or_missing(_number(each, chance), share, chance) for each in numbers]
    if kind in ("integer", "large integer"):
        low = 2**53 if kind == "large integer" else -5
        return [
            _or_missing(chance.choice(["{}", "{}", " {}", "{}.0"]).format(low + chance.randrange(10)), share, chance)
            for _ in range(rows)
        ]
    spellings = _spellings(kind, chance)
    missing = [""] if kind == "declared NA" else sorted(MISSING)
    return [
        chance.choice(missing) if chance.random() < share else chance.choice(chance.choice(spellings))
        for _ in range(rows)
    ]


def _spellings(kind: str, chance: random.Random) -> list[list[str]]:
    """Values of a category with their spellings."""
    match kind:
        case "words":
            return [[word, f" {word}", f"{word}\u00a0"] for word in chance.sample(WORDS, 6)]
        case "codes":
            return [[str(code), f"{code}.0", f"{code}.00", f" {code} "] for code in range(4)]
        case "decimals":
            return [["1.5", "1.50"], ["0.25", ".25", "0.250"], ["-0.5", "-.5"], ["0", "-0.0", "0.0"]]
        case "whole decimals":
            return [["1.00"], ["2.00"], ["3.00"]]
        case "truth":
            return [["true", "True", "TRUE"], ["false", "False", "FALSE"]]
        case "leading zeros":
            return [["010"], ["10"], ["0010"], ["00"]]
        case "large codes":
            return [[str(2**53 + each), f"{2**53 + each}.0"] for each in range(4)]
        case "declared NA":
            return [["EU"], ["NA"]]
        case _:
            return [["1e+16", "10000000000000000"], ["1.5e-05", "0.000015"], ["2"]]


def _or_missing(text: str, share: float, chance: random.Random) -> str:
    return chance.choice(sorted(MISSING)) if chance.random() < share else text


def _number(value: float, chance: random.Random) -> str:
    text = repr(value)
    if "e" in text:
        return text
    return chance.choice(
        [text, f"{text}00" if "." in text else text, f" {text}", f"{value!r}e0", f"+{text}".replace("+-", "-")]
    )


# -- ways in ---------------------------------------------------------------------------------------------------------


def trained(schema: Schema, folder: Path, data_format: str = "csv") -> Table:
    """The features as Preprocess keeps them."""
    use_case = parse_steps(schema.document)
    raw = folder / "raw"
    raw.mkdir(exist_ok=True)
    for old in raw.iterdir():
        old.unlink()
    if data_format == "csv":
        _write_raw(schema, raw / "rows.csv")
    else:
        pa.parquet.write_table(pa.table(typed(schema)), raw / "rows.parquet")
    names = [name for name, _ in schema.named]
    table = read_folder(raw, (data_format,), names, meanings=use_case.meanings)
    return {
        name: _iso(texts, name) if KINDS[kind] == "timestamp" else texts
        for (name, kind), texts in _zipped(schema, table)
    }


def _zipped(schema: Schema, table: Table) -> Iterator[tuple[tuple[str, str], Any]]:
    return ((each, table[each[0]]) for each in schema.named)


def _iso(texts: Any, name: str) -> Any:
    return iso_texts(texts, proven_format(texts.tolist(), name))


def _write_raw(schema: Schema, path: Path) -> None:
    with path.open("w", encoding="utf-8-sig" if schema.seed % 2 else "utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(schema.cells)
        writer.writerows(zip(*schema.cells.values(), strict=True))


def csv_body(schema: Schema) -> str:
    """All rows as a CSV request, spelled as in the file."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(zip(*schema.cells.values(), strict=True))
    return ("\ufeff" if schema.seed % 3 == 0 else "") + text.getvalue()


def typed(schema: Schema) -> dict[str, pa.Array]:
    """The rows as typed columns: what a data frame makes of the file."""
    found = {}
    for name, kind in schema.named:
        values = [natural(kind, each) for each in schema.cells[name]]
        found[name] = (
            pa.array(values, from_pandas=False) if any(each is not None for each in values) else pa.nulls(len(values))
        )
    return found


def natural(kind: str, text: str) -> Any:
    """A cell as JSON or Parquet would hold it."""
    clean = cell(text, {""} if kind == "declared NA" else MISSING)
    if clean == "":
        return None
    match kind:
        case "number" | "decimals" | "scientific":
            return float(clean)
        case "integer" | "large integer" | "codes" | "whole decimals" | "large codes":
            return int(clean)
        case "truth":
            return clean == "true"
        case _:
            return text


def json_rows(schema: Schema) -> list[dict[str, Any]]:
    """The rows as JSON objects; what the file spells as text may stay text."""
    chance = random.Random(schema.seed + 1)
    rows = []
    for index in range(schema.rows):
        row: dict[str, Any] = {}
        for name, kind in schema.named:
            text = schema.cells[name][index]
            row[name] = text if KINDS[kind] == "category" and chance.random() < 0.3 else natural(kind, text)
        rows.append(row)
    return rows


def captured(bodies: Sequence[tuple[Any, str, str]]) -> bytes:
    """Capture records of bodies, each with its encoding and content type."""
    lines = []
    for number, (data, encoding, content_type) in enumerate(bodies):
        record = {
            "captureData": {
                "endpointInput": {
                    "data": data,
                    "encoding": encoding,
                    "mode": "INPUT",
                    "observedContentType": content_type,
                }
            },
            "eventMetadata": {"eventId": f"e{number}", "inferenceTime": "2024-01-01T00:10:00Z"},
            "eventVersion": "0",
        }
        lines.append(json.dumps(record))
    return "\n".join(lines).encode()


def batches(schema: Schema, use_case: UseCase, folder: Path) -> Iterator[tuple[str, list[Batch]]]:
    """The same rows in every form in which the monitor meets them."""
    names = [name for name, _ in schema.named]
    body, rows = csv_body(schema), json_rows(schema)
    encoded = base64.b64encode(body.encode()).decode()
    instances = json.dumps({"instances": rows})
    lines = "\n".join(json.dumps(each) for each in rows)
    skips = Skips()

    def source(content: bytes) -> Source:
        return Source("rows", lambda: io.BytesIO(content))

    def capture(*bodies: tuple[Any, str, str]) -> list[Batch]:
        return [each.batch() for each in read_capture(source(captured(bodies)), names, skips, set())]

    yield "CSV file", list(read_csv(source(body.encode()), names, "no", skips))
    yield "CSV request", capture((body, "CSV", "text/csv"))
    yield "CSV request in base64", capture((encoded, "BASE64", "text/csv"))
    yield "JSON request", capture((instances, "JSON", "application/json"))
    yield "JSON requests, one row each", capture(*((json.dumps(each), "JSON", "application/json") for each in rows))
    yield "JSON Lines request", capture((lines, "JSON", "application/jsonlines"))
    parquet = io.BytesIO()
    pa.parquet.write_table(pa.table(typed(schema)), parquet)
    yield "Parquet file", list(read_parquet(source(parquet.getvalue())))
    yield "batch transform", _transformed(schema, use_case, folder, skips)
    assert skips.counts == {}, skips


def _transformed(schema: Schema, use_case: UseCase, folder: Path, skips: Skips) -> list[Batch]:
    due = folder / "out" / "2024-01-01T00-10-00"
    due.mkdir(parents=True, exist_ok=True)
    with (due / "rows.csv.out").open("w", encoding="utf-8", newline="") as file:
        rows = zip(*schema.cells.values(), strict=True)
        csv.writer(file, lineterminator="\n").writerows(
            [f"k{index}", *row, "1", "0.7"] for index, row in enumerate(rows)
        )
    return [each.batch() for each in read_outputs(str(folder / "out"), _WINDOW, use_case, skips)]


# -- the property ----------------------------------------------------------------------------------------------------


def check(schema: Schema, folder: Path) -> None:
    """Training rows and the same rows sent mean the same, in every form. Raises AssertionError where they do not."""
    use_case = parse_use_case(schema.document)
    table = trained(schema, folder)
    _same("Parquet training", schema, trained(schema, folder, "parquet"), table)
    _check_served(schema, table)
    write_csv(folder / "train.csv", table)
    profile = DatasetProfile.of_use_case(use_case)
    train = Source("train.csv", lambda: (folder / "train.csv").open("rb"))
    for batch in read_csv(train, list(table), "yes", Skips()):
        profile.add(batch)
    write_json(folder / "statistics.json", statistics_document(profile))
    write_json(folder / "constraints.json", constraints_document(profile, use_case))
    baseline = Baseline.read(folder, use_case)
    for form, parts in batches(schema, use_case, folder):
        current = DatasetProfile.of_use_case(use_case)
        for part in parts:
            current.add(part)
        findings = compare(baseline, current, Skips(), use_case, Occasion())
        assert current.rows == schema.rows, form
        assert calm(findings), (form, findings.features, findings.violations)
        for name, known in profile.columns.items():
            seen = current.columns[name]
            assert (seen.missing, seen.categories) == (known.missing, known.categories), (form, name)


def calm(findings: Findings) -> bool:
    """Whether nothing drifted and nothing is violated."""
    return not findings.violations and all(each.verdict in ("ok", "skipped") for each in findings.features)


def _check_served(schema: Schema, table: Table) -> None:
    use_case = parse_steps(schema.document)
    transform = Transform.fit(use_case.features, table)
    from mooring_steps.serving import _table

    csv_request = input_fn(csv_body(schema), "text/csv").rows
    json_request = input_fn(json.dumps({"instances": json_rows(schema)}), "application/json").rows
    for form, rows in (("CSV request", csv_request), ("JSON request", json_request)):
        served, problems = _table(rows, transform.names, use_case.meanings)
        assert problems == [], form
        _same(
            form,
            schema,
            {name: _iso(each, name) if _is_time(schema, name) else each for name, each in served.items()},
            table,
        )


def _is_time(schema: Schema, name: str) -> bool:
    return KINDS[dict(schema.named)[name]] == "timestamp"


def _same(form: str, schema: Schema, found: Table, expected: Table) -> None:
    for name, kind in schema.named:
        if kind in ("number", "large integer"):
            numbers = [(float(a or "nan"), float(b or "nan")) for a, b in zip(found[name], expected[name], strict=True)]
            assert all(a == b or (a != a and b != b) for a, b in numbers), (form, name, kind)
        else:
            assert found[name].tolist() == expected[name].tolist(), (form, name, kind)
