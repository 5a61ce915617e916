"""Preprocess: raw rows in, training, validation and test rows, the fitted transformation and a manifest out."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from mooring_values.columns import outside_domain
from mooring_values.labels import LabelRule
from mooring_values.moments import ISO

from mooring_steps.ages import CAPTURED_AT, row_weights, write_weights
from mooring_steps.check_inputs import write_check_inputs
from mooring_steps.dialect import Dialect, number_hint
from mooring_steps.errors import InputError
from mooring_steps.files import write_json
from mooring_steps.labels import CodedLabels, code_labels, code_like
from mooring_steps.prepare import find_prepare, prepared
from mooring_steps.split import Split, join, random_split, shares, time_split
from mooring_steps.tables import concatenate, data_files, data_hash, read_folder, write_csv
from mooring_steps.texts import Table, iso_texts, moments, numbers, take
from mooring_steps.transform import Transform, time_format_of
from mooring_steps.use_case import UseCase, find_use_case

NAME: Final = "preprocess"
POLICIES: Final = ("base", "base+window", "window")


@dataclass(frozen=True)
class Rows:
    """Rows with their coded label, without those whose label is not known."""

    table: Table
    labels: npt.NDArray[np.float64]
    #: Rows that were read, those without a label included.
    read: int = 0
    #: What should be known about them.
    warnings: tuple[str, ...] = ()

    @classmethod
    def of(cls, table: Table, labels: CodedLabels) -> Rows:
        """The rows whose label is known."""
        known = ~np.isnan(labels.values)
        kept = table if known.all() else take(table, known)
        return cls(kept, labels.values[known], len(known), tuple(labels.warnings))

    @property
    def count(self) -> int:
        """Number of rows with a label."""
        return len(self.labels)


@dataclass(frozen=True)
class Source:
    """Everything to learn from."""

    base: Rows
    labelled: Rows
    rule: LabelRule
    #: Formats of columns with times, where they are not ISO 8601. The tables hold ISO 8601.
    formats: dict[str, str] = field(default_factory=dict)


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
    source = _read(use_case, Path(arguments.raw), arguments.labelled, policy)
    base, labelled = source.base, source.labelled
    rows = Rows(concatenate([base.table, labelled.table]), np.concatenate([base.labels, labelled.labels]))
    split = _split(use_case, base, labelled)
    names = [each.name for each in use_case.features]
    parts = {
        part: (take(rows.table, getattr(split, part)), rows.labels[getattr(split, part)]) for part in shares(split)
    }
    if use_case.binary:
        _check_classes(parts)
    domain = _check_domains(use_case, base.table)
    columns = [replace(each, format=source.formats.get(each.name, each.format)) for each in use_case.features]
    transform = Transform.fit(columns, parts["train"][0])
    for part in ("validation", "test"):
        transform.check(parts[part][0])
    output = Path(arguments.output)
    for part, (table, labels) in parts.items():
        features: Table = {name: table[name] for name in names}
        write_csv(output / part / f"{part}.csv", {**features, use_case.label: _label_texts(use_case, labels)})
    weights = row_weights(use_case, rows.table)
    if weights is not None:
        write_weights(output / "train", weights[split.train])
    write_check_inputs(output / "checks", use_case, parts["train"][0])
    write_json(output / "transform" / "transform.json", transform.to_json())
    warnings = [*base.warnings, *labelled.warnings, *_constants(use_case, parts["train"][0]), *domain]
    write_json(
        output / "manifest" / "manifest.json",
        {
            "use_case": use_case.name,
            "version": str(use_case.document.get("version", "")),
            "data_hash": data_hash({**rows.table, use_case.label: _label_texts(use_case, rows.labels)}),
            "policy": policy,
            "rows": {
                "raw": base.read,
                "labelled": labelled.count,
                "without_label": base.read - base.count + labelled.read - labelled.count,
                **shares(split),
            },
            "fresh_test_rows": _fresh(split, base.count),
            "positive_rate": float(parts["train"][1].mean()) if use_case.binary else None,
            "label": {"name": use_case.label, **_summary(source.rule, rows.labels)},
            "split": dict(use_case.section("split")),
            "features": names,
            "warnings": warnings,
        },
    )
    for each in warnings:
        print(f"warning: {each}")
    counts = ", ".join(f"{count} {part}" for part, count in shares(split).items())
    print(f"{base.read} raw and {labelled.count} labelled rows: {counts}")
    return 0


def _read(use_case: UseCase, raw: Path, labelled: str | None, policy: str) -> Source:
    """Base rows and labelled rows; either may be empty, depending on the policy."""
    names = [each.name for each in use_case.features]
    timed = [use_case.time] if use_case.time is not None else []
    needs_time = use_case.section("split").get("method") == "time"
    ages = [] if use_case.section("retraining").get("half_life") is None else [CAPTURED_AT]
    optional = [*([] if needs_time else timed), *ages]
    required = [*names, *(timed if needs_time else [])]
    nothing = Rows({name: np.empty(0, dtype=object) for name in [*required, *optional]}, np.empty(0))
    wanted = [*required, use_case.label]
    rule = use_case.label_rule
    window: Table | None = None
    if labelled is not None and policy != "base" and data_files(Path(labelled), ("csv", "parquet")):
        window = read_folder(
            Path(labelled), ("csv", "parquet"), wanted, optional, meanings=use_case.meanings, may_lack_rows=True
        )
    if policy == "window" and window is not None:
        formats = _iso(use_case, window, None)
        rows = Rows.of(window, code_like(rule, window.pop(use_case.label)))
        # Before the first model is live nothing can have come back: it has to learn from the base.
        if rows.count > 0:
            return Source(nothing, rows, rule, formats)
    file_format = str(use_case.section("dataset").get("format", "csv"))
    dialect = Dialect.of(use_case.section("dataset").get("read"))
    prepare = find_prepare()
    if prepare is None:
        table = read_folder(raw, (file_format,), wanted, optional, meanings=use_case.meanings, dialect=dialect)
        _check_numbers(use_case, table)
    else:
        everything = read_folder(raw, (file_format,), None, meanings=use_case.meanings, dialect=dialect)
        table = prepared(prepare, everything, wanted, optional, use_case.meanings)
    formats = _iso(use_case, table, None)
    coded, learnt = code_labels(rule, table.pop(use_case.label))
    base = Rows.of(table, coded)
    if coded.undeclared is not None:
        base = replace(base, warnings=(*base.warnings, _undeclared(use_case, coded.undeclared)))
    if window is None or policy == "window":
        return Source(base, nothing, learnt, formats)
    _iso(use_case, window, formats)
    return Source(base, Rows.of(window, code_like(learnt, window.pop(use_case.label))), learnt, formats)


def _check_numbers(use_case: UseCase, table: Table) -> None:
    """Raises InputError with the setting that would make a file readable, where there is one."""
    problems = []
    for column in (each for each in use_case.features if each.numeric):
        bad = list(dict.fromkeys(numbers(table[column.name])[1]))
        rows = int(np.isin(table[column.name].astype(str), bad).sum())
        hint = number_hint(bad) if bad else ""
        # A column of nothing but words is no column of numbers with gaps.
        if hint and ("missing" not in hint or rows < len(table[column.name]) / 2):
            shown = ", ".join(f"'{each}'" for each in bad[:3])
            what = "is not a number" if len(bad) == 1 else "are not numbers"
            problems.append(f"column '{column.name}': {shown} {what}, in {rows:,} rows; {hint}")
    if problems:
        raise InputError(problems)


def _undeclared(use_case: UseCase, negative: str) -> str:
    """The warning about a negative value that only the training set knows of.

    Raises InputError when labels come back: they would be judged without a training set.
    """
    monitoring = use_case.section("monitoring")
    message = (
        f"label '{use_case.label}': '{negative}' is taken for the negative value, because it is the only other one; "
        f"labels that come back count as invalid unless use-case.yaml has dataset.negative: ['{negative}']"
    )
    if use_case.section("labels") or monitoring.get("quality") or monitoring.get("bias"):
        raise InputError(f"{message}, and this use case takes labels back")
    return message


def _iso(use_case: UseCase, table: Table, known: dict[str, str] | None) -> dict[str, str]:
    """Write the times of a table as ISO 8601; returns the formats they had, where they were not.

    `known` are the formats of the base rows, which labelled rows share.
    """
    formats: dict[str, str] = {}
    for column in (each for each in use_case.columns if each.type == "timestamp" and each.name in table):
        texts = table[column.name]
        time_format = known.get(column.name, ISO) if known is not None else time_format_of(column, texts)
        if time_format != ISO:
            formats[column.name] = time_format
            table[column.name] = iso_texts(texts, time_format)
    return formats


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


def _constants(use_case: UseCase, train: Table) -> list[str]:
    """Features that do not vary: they do not stop a run, but should be known."""
    found = []
    for column in use_case.features:
        distinct = set(train[column.name])
        if len(distinct) == 1:
            value = next(iter(distinct))
            found.append(f"feature '{column.name}' is constant ({value or 'always missing'}): it cannot be learnt from")
    return found


def _check_domains(use_case: UseCase, table: Table) -> list[str]:
    """Warnings about features with values outside their declared domain.

    Raises InputError where so many are outside that the declaration must be wrong.
    """
    found = [outside_domain(use_case.meanings[each.name], table[each.name].tolist()) for each in use_case.features]
    wrong = [each.message for each in found if each.wrong]
    if wrong:
        raise InputError(
            [f"{each}. Correct the categories in use-case.yaml (quote codes: '010') or the data" for each in wrong]
        )
    return [each.message for each in found if each.message]


def _summary(rule: LabelRule, labels: npt.NDArray[np.float64]) -> dict[str, Any]:
    if rule.task == "binary":
        negative = None if rule.negative is None else sorted(rule.negative)
        return {"positive": rule.positive, "negative": negative, "positive_rate": float(labels.mean())}
    return {"mean": float(labels.mean()), "min": float(labels.min()), "max": float(labels.max())}


def _label_texts(use_case: UseCase, labels: npt.NDArray[np.float64]) -> npt.NDArray[np.object_]:
    texts = np.empty(len(labels), dtype=object)
    texts[:] = [str(int(each)) if each.is_integer() else repr(each) for each in labels.tolist()]
    return texts


def main(argv: Sequence[str]) -> int:
    """Run the step by itself; the bundle's dispatcher does the same."""
    from mooring_steps.cli import main as dispatch

    return dispatch([NAME, *argv])
