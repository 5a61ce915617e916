"""Preprocess: raw rows in, training, validation and test rows, the fitted transformation and a manifest out."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from mooring_steps.ages import CAPTURED_AT, row_weights, write_weights
from mooring_steps.check_inputs import write_check_inputs
from mooring_steps.errors import InputError
from mooring_steps.files import write_json
from mooring_steps.labels import code_labels, coded_like
from mooring_steps.prepare import find_prepare, prepared
from mooring_steps.split import Split, join, random_split, shares, time_split
from mooring_steps.tables import concatenate, data_files, data_hash, read_folder, write_csv
from mooring_steps.texts import Table, moments, numbers, take
from mooring_steps.transform import Transform
from mooring_steps.use_case import UseCase, find_use_case

NAME: Final = "preprocess"
POLICIES: Final = ("base", "base+window", "window")


@dataclass(frozen=True)
class Rows:
    """Rows with their coded label (NaN: not known)."""

    table: Table
    labels: npt.NDArray[np.float64]

    def labelled(self) -> Rows:
        """The rows whose label is known."""
        known = ~np.isnan(self.labels)
        return self if known.all() else Rows(take(self.table, known), self.labels[known])

    @property
    def count(self) -> int:
        """Number of rows."""
        return len(self.labels)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's arguments."""
    parser.add_argument("--raw", required=True, metavar="DIR", help="folder with the raw CSV or Parquet files")
    parser.add_argument(
        "--labelled", metavar="DIR", help="folder with captured rows joined with their labels; may be empty"
    )
    parser.add_argument(
        "--policy",
        choices=POLICIES,
        help="what to train on: raw rows, raw and labelled rows, or labelled rows (default: retraining.data)",
    )
    parser.add_argument(
        "--output",
        required=True,
        metavar="DIR",
        help="folder of the outputs; train, validation, test, transform and manifest become folders in it",
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the step. Raises InputError listing what is wrong with the data."""
    use_case = find_use_case(arguments.use_case)
    policy = arguments.policy or use_case.section("retraining").get("data", "base+window")
    base, labelled = _read(use_case, Path(arguments.raw), arguments.labelled, policy)
    rows = Rows(concatenate([base.table, labelled.table]), np.concatenate([base.labels, labelled.labels]))
    split = _split(use_case, base, labelled)
    names = [each.name for each in use_case.features]
    parts = {
        part: (take(rows.table, getattr(split, part)), rows.labels[getattr(split, part)]) for part in shares(split)
    }
    if use_case.binary:
        _check_classes(parts)
    transform = Transform.fit(use_case.features, parts["train"][0])
    for part in ("validation", "test"):
        transform.check(parts[part][0])
    output = Path(arguments.output)
    for part, (table, labels) in parts.items():
        columns: Table = {name: table[name] for name in names}
        write_csv(output / part / f"{part}.csv", {**columns, use_case.label: _label_texts(use_case, labels)})
    weights = row_weights(use_case, rows.table)
    if weights is not None:
        write_weights(output / "train", weights[split.train])
    write_check_inputs(output / "checks", use_case, parts["train"][0])
    write_json(output / "transform" / "transform.json", transform.to_json())
    write_json(
        output / "manifest" / "manifest.json",
        {
            "use_case": use_case.name,
            "version": str(use_case.document.get("version", "")),
            "data_hash": data_hash({**rows.table, use_case.label: _label_texts(use_case, rows.labels)}),
            "policy": policy,
            "rows": {"raw": base.count, "labelled": labelled.count, **shares(split)},
            "fresh_test_rows": _fresh(split, base.count),
            "positive_rate": float(parts["train"][1].mean()) if use_case.binary else None,
            "label": {"name": use_case.label, **_summary(use_case, rows.labels)},
            "split": dict(use_case.section("split")),
            "features": names,
            "warnings": _warnings(use_case, parts["train"][0]),
        },
    )
    counts = ", ".join(f"{count} {part}" for part, count in shares(split).items())
    print(f"{base.count} raw and {labelled.count} labelled rows: {counts}")
    return 0


def _read(use_case: UseCase, raw: Path, labelled: str | None, policy: str) -> tuple[Rows, Rows]:
    """Base rows and labelled rows; either may be empty, depending on the policy."""
    names = [each.name for each in use_case.features]
    timed = [use_case.time] if use_case.time is not None else []
    needs_time = use_case.section("split").get("method") == "time"
    ages = [] if use_case.section("retraining").get("half_life") is None else [CAPTURED_AT]
    optional = [*([] if needs_time else timed), *ages]
    required = [*names, *(timed if needs_time else [])]
    nothing = Rows({name: np.empty(0, dtype=object) for name in [*required, *optional]}, np.empty(0))
    window = nothing
    if labelled is not None and policy != "base" and data_files(Path(labelled), ("csv", "parquet")):
        formats = ("csv", "parquet")
        table = read_folder(Path(labelled), formats, [*required, use_case.label], optional, may_lack_rows=True)
        window = Rows(table, coded_like(use_case, table.pop(use_case.label))).labelled()
    # Before the first model is live nothing can have come back: it has to learn from the base.
    if policy == "window" and window.count > 0:
        return nothing, window
    file_format = str(use_case.section("dataset").get("format", "csv"))
    prepare = find_prepare()
    if prepare is None:
        table = read_folder(raw, (file_format,), [*required, use_case.label], optional)
    else:
        table = prepared(prepare, read_folder(raw, (file_format,), None), [*required, use_case.label], optional)
    base = Rows(table, code_labels(use_case, table.pop(use_case.label))).labelled()
    return base, window


def _split(use_case: UseCase, base: Rows, labelled: Rows) -> Split:
    """Split base and labelled rows, each for itself when at random.

    So a base row that was a test row stays one whatever labelled rows arrive, and a later model is never tested on
    rows that an earlier one was trained on.
    """
    settings = use_case.section("split")
    test_size = float(settings.get("test_size", 0.2))
    validation_size = float(use_case.section("training").get("validation_size", 0.1))
    if settings.get("method") == "time" and use_case.time is not None:
        texts = np.concatenate([base.table[use_case.time], labelled.table[use_case.time]])
        times, bad = moments(texts)
        if bad or (texts == "").any():
            shown = [f"column '{use_case.time}': '{each}' is not a time" for each in bad[:10]]
            raise InputError(shown or [f"column '{use_case.time}': {int((texts == '').sum())} rows have no time"])
        return time_split(times, test_size, validation_size)
    seed = int(settings.get("seed", 42))
    parts = [random_split(each.count, test_size, validation_size, seed) for each in (base, labelled) if each.count]
    return parts[0] if len(parts) == 1 else join(parts[0], parts[1], base.count)


def _fresh(split: Split, base: int) -> int:
    """Labelled rows at the end of the test rows; 0 when they are mixed with others, as in a split by time."""
    later = split.test >= base
    count = int(later.sum())
    return count if later[len(later) - count :].all() else 0


def _check_classes(parts: dict[str, tuple[Table, npt.NDArray[np.float64]]]) -> None:
    problems = [
        f"the {part} rows ({len(labels)}) have only {'positive' if labels.all() else 'negative'} labels; "
        "both kinds are needed: use more rows or another split"
        for part, (_, labels) in parts.items()
        if len(set(labels)) < 2
    ]
    if problems:
        raise InputError(problems)


def _warnings(use_case: UseCase, train: Table) -> list[str]:
    """What does not stop a run but should be known: constant features, values outside the declared range."""
    found = []
    for column in use_case.features:
        distinct = set(train[column.name])
        if len(distinct) == 1:
            value = next(iter(distinct))
            found.append(f"feature '{column.name}' is constant ({value or 'always missing'}): it cannot be learnt from")
        if column.type in ("integer", "number"):
            values = numbers(train[column.name])[0]
            for count, bound in (
                (int((values < column.min).sum()) if column.min is not None else 0, f"below min {column.min}"),
                (int((values > column.max).sum()) if column.max is not None else 0, f"above max {column.max}"),
            ):
                if count:
                    found.append(f"feature '{column.name}': {count} training rows {bound}")
    return found


def _summary(use_case: UseCase, labels: npt.NDArray[np.float64]) -> dict[str, Any]:
    if use_case.binary:
        return {"positive": use_case.positive, "positive_rate": float(labels.mean())}
    return {"mean": float(labels.mean()), "min": float(labels.min()), "max": float(labels.max())}


def _label_texts(use_case: UseCase, labels: npt.NDArray[np.float64]) -> npt.NDArray[np.object_]:
    texts = np.empty(len(labels), dtype=object)
    texts[:] = [str(int(each)) if each.is_integer() else repr(each) for each in labels.tolist()]
    return texts


def main(argv: Sequence[str]) -> int:
    """Run the step by itself; the bundle's dispatcher does the same."""
    from mooring_steps.cli import main as dispatch

    return dispatch([NAME, *argv])
