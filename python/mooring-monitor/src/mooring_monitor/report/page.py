"""The report page of a run."""

from __future__ import annotations

import pkgutil
from pathlib import Path
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined

from mooring_monitor import __version__
from mooring_monitor.errors import InputError
from mooring_monitor.report.run_files import RunFiles, read_history, read_run
from mooring_monitor.report.sections import bias_view, drift_view, explanations_view, history_view, quality_view
from mooring_monitor.report.words import VERDICTS

#: Name of the page beside the files of a run.
REPORT = "report.html"


def write_report(folder: Path, output: Path, baseline: Path | None = None, history: Path | None = None) -> None:
    """Write the page of the run in ``folder`` to the file ``output``.

    ``baseline`` is a folder with the files of the run to compare with (or of the live model), ``history`` one with
    earlier runs in sub-folders named by time. Raises InputError when there is nothing to report.
    """
    page = render(folder, baseline, history)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(page, encoding="utf-8")


def render(folder: Path, baseline: Path | None = None, history: Path | None = None) -> str:
    """The page as HTML: one file, no scripts, nothing loaded from elsewhere; text from data is escaped."""
    run = read_run(folder)
    if run.empty:
        raise InputError(
            f"nothing to report in '{folder}': none of drift_report.json, statistics.json of model quality, "
            "analysis.json, metrics.json"
        )
    before = read_run(baseline) if baseline is not None else RunFiles()
    earlier = read_history(history)
    verdict, summary = _verdict(run)
    sign, word = VERDICTS.get(verdict, VERDICTS["error"])
    return (
        _environment()
        .get_template("page.html")
        .render(
            head=_head(run),
            verdict=verdict,
            sign=sign,
            word=word,
            summary=summary,
            drift=drift_view(run.drift),
            history=history_view(run, earlier),
            quality=quality_view(run, before),
            bias=bias_view(run, before),
            explanations=explanations_view(run, before),
            violations=run.violations,
            verdicts=VERDICTS,
            version=__version__,
        )
    )


def _verdict(run: RunFiles) -> tuple[str, str]:
    if run.outcome is not None and "verdict" in run.outcome:
        return str(run.outcome["verdict"]), str(run.outcome.get("summary", ""))
    if run.drift is not None:
        return str(run.drift["verdict"]), str(run.drift.get("summary", ""))
    if run.violations:
        count = len(run.violations)
        return (
            "warn",
            f"{count} constraint{'s' if count > 1 else ''} of the baseline {'are' if count > 1 else 'is'} not met.",
        )
    return "ok", "Nothing in this run is worse than it should be."


def _head(run: RunFiles) -> dict[str, Any]:
    drift = run.drift or {}
    window = drift.get("window") or (run.outcome or {}).get("window") or {}
    facts = {
        "Use case": drift.get("use_case") or (run.outcome or {}).get("use_case"),
        "Endpoint": drift.get("endpoint") or (run.outcome or {}).get("endpoint"),
        "Window": f"{window['start']} – {window['end']}" if window else None,
        "Schedule": drift.get("schedule") or (run.outcome or {}).get("schedule"),
    }
    return {name: value for name, value in facts.items() if value}


def _environment() -> Environment:
    environment = Environment(autoescape=True, loader=FunctionLoader(_template), undefined=StrictUndefined)
    environment.trim_blocks = environment.lstrip_blocks = True
    return environment


def _template(name: str) -> str | None:
    # The package may lie in a zip, where templates are no files.
    content = pkgutil.get_data("mooring_monitor.report", f"templates/{name}")
    return None if content is None else content.decode("utf-8")
