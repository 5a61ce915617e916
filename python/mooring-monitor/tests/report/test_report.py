"""The report page: what it says, that it opens offline, and that nothing from the data becomes markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from mooring_monitor.bias.registry import BUILT_IN
from mooring_monitor.cli import main
from mooring_monitor.errors import InputError
from mooring_monitor.json_file import write_json
from mooring_monitor.report.charts import short, timeline
from mooring_monitor.report.page import render
from mooring_monitor.report.words import MEANINGS, bias_meaning

HOSTILE = "<script>alert(1)</script>\"'&"


def feature(name: str, verdict: str, **changes: Any) -> dict[str, Any]:
    return {
        "name": name,
        "feature_type": "category",
        "detector": "linf",
        "direction": "above",
        "threshold": 0.1,
        "value": 0.467,
        "published": 0.467,
        "p_value": 0.0,
        "q_value": 0.0,
        "verdict": verdict,
        "reason": None,
        "monitored": True,
        "reference": {"completeness": 1.0, "mean": None},
        "current": {"completeness": 0.9, "mean": None},
        "distribution": {"categories": ["north", "south"], "reference": [0.5, 0.5], "current": [0.9, 0.1]},
        **changes,
    }


def drift_report(*features: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "schema_version": "1.0",
        "kind": "data",
        "use_case": "loans",
        "endpoint": "loans-endpoint",
        "schedule": "loans-data-monitor",
        "window": {"start": "2026-11-20T09:00:00Z", "end": "2026-11-20T10:00:00Z"},
        "verdict": "breach",
        "summary": "1,500 rows: 1 drifted: region (linf 0.467).",
        "dataset": {"rows": 1500, "reference_rows": 5000, "skipped": {"invalid JSON": 2}, "notes": {}},
        "features": list(features),
        "predictions": [],
        "violations": [],
        **changes,
    }


def bias_analysis(**values: Any) -> dict[str, Any]:
    metrics = [{"name": name, "description": f"Some Metric ({name})", **entry} for name, entry in values.items()]
    facets = {"sex": [{"value_or_threshold": "F", "metrics": metrics}]}
    section = {"label": "good", "label_value_or_threshold": "1", "facets": facets}
    return {"version": "1.0", "post_training_bias_metrics": section}


class Page(HTMLParser):
    """Tags, their balance, and the text of a page."""

    VOID = frozenset(("meta", "br"))

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


class TestPage:
    def test_says_the_verdict_in_a_sentence_and_names_the_window(self, tmp_path: Path) -> None:
        write_json(tmp_path / "drift_report.json", drift_report(feature("region", "breach")))
        text = Page(render(tmp_path)).text
        assert "▲ Breach 1,500 rows: 1 drifted: region (linf 0.467)." in text
        assert "2026-11-20T09:00:00Z – 2026-11-20T10:00:00Z" in text
        assert "2 left out: invalid JSON." in text

    def test_features_are_ordered_from_the_worst_with_a_plot_each(self, tmp_path: Path) -> None:
        features = [feature("a", "ok"), feature("b", "breach"), feature("c", "skipped", reason="no values")]
        write_json(tmp_path / "drift_report.json", drift_report(*features))
        page = render(tmp_path)
        assert re.findall(r'<th scope="row">(\w)', page) == ["b", "c", "a"]
        assert page.count('<svg viewBox="0 0 168 44"') == 3
        assert "Shares of b: north 50% → 90%, south 50% → 10%" in page
        assert "no values" in page

    def test_opens_offline(self, tmp_path: Path) -> None:
        write_json(tmp_path / "drift_report.json", drift_report(feature("region", "breach")))
        page = Page(render(tmp_path))
        assert page.open == []
        assert {tag for tag, _ in page.tags}.isdisjoint({"script", "link", "img", "iframe"})
        for tag, attributes in page.tags:
            assert not {"src", "onclick", "onload"} & set(attributes)
            assert tag != "a" or str(attributes["href"]).startswith("#")

    def test_nothing_from_the_data_becomes_markup(self, tmp_path: Path) -> None:
        shares = {"categories": [HOSTILE, "b"], "reference": [0.5, 0.5], "current": [0.4, 0.6]}
        bad = feature(HOSTILE, "breach", reason=HOSTILE, detector=HOSTILE, distribution=shares)
        dataset = {"rows": 1, "reference_rows": 1, "skipped": {HOSTILE: 1}, "notes": {HOSTILE: 1}}
        report = drift_report(bad, summary=HOSTILE, use_case=HOSTILE, endpoint=HOSTILE, dataset=dataset)
        write_json(tmp_path / "drift_report.json", report)
        violation = {"feature_name": HOSTILE, "constraint_check_type": HOSTILE, "description": HOSTILE}
        write_json(tmp_path / "constraint_violations.json", {"violations": [violation]})
        analysis = bias_analysis(AD={"value": None, "error": HOSTILE})
        analysis["post_training_bias_metrics"]["facets"] = {
            HOSTILE: [
                {"value_or_threshold": HOSTILE, "metrics": [{"name": HOSTILE, "description": HOSTILE, "value": 1}]}
            ]
        }
        analysis["explanations"] = {"tree_shap": {HOSTILE: {"global_shap_values": {HOSTILE: 1.0}, "expected_value": 0}}}
        write_json(tmp_path / "analysis.json", analysis)
        slices = [{"feature": HOSTILE, "value": HOSTILE, "rows": 10, "auc": 0.5}]
        write_json(tmp_path / "slices.json", {"metric": "auc", "overall": 0.6, "slices": slices})
        matrix = {HOSTILE: {HOSTILE: 1}}
        section = {"auc": {"value": 0.5, "error": HOSTILE}, "confusion_matrix": matrix}
        write_json(tmp_path / "statistics.json", {"binary_classification_metrics": section})
        history = tmp_path / "history"
        for name in ("1", "<b>2"):
            write_json(history / name / "metrics.json", {"metrics": [{"name": "auc", "value": 0.5}]})
        page = render(tmp_path, history=history)
        assert "<script" not in page
        assert "<b>2" not in page
        assert Page(page).open == []

    def test_quality_over_time_is_a_line_with_every_run(self, tmp_path: Path) -> None:
        section = {"auc": {"value": 0.5, "standard_deviation": "NaN"}}
        write_json(tmp_path / "run/statistics.json", {"binary_classification_metrics": section})
        for day in range(1, 6):
            entries = [
                {"name": "auc", "value": 0.9 - day / 100, "unit": "None"},
                {"name": "auc", "value": 0, "Facet": "x"},
            ]
            write_json(tmp_path / f"history/2026-11-0{day}/metrics.json", {"metrics": entries})
        page = render(tmp_path / "run", history=tmp_path / "history")
        assert "<title>2026-11-03: 0.87</title>" in page
        assert page.count("<circle") == 5

    def test_a_feature_whose_checks_failed_says_so_and_comes_first(self, tmp_path: Path) -> None:
        features = [{"name": name, "verdict": "ok", "detector": "linf"} for name in ("age", "job")]
        failed = [{"feature_name": "job", "constraint_check_type": "data_type_check", "description": "d"}]
        report = {"verdict": "breach", "summary": "s", "features": features, "violations": failed}
        write_json(tmp_path / "drift_report.json", report)
        text = Page(render(tmp_path)).text
        assert "data type not met" in text
        assert text.index("job") < text.index("age")

    def test_without_a_baseline_nothing_is_compared(self, tmp_path: Path) -> None:
        write_json(tmp_path / "statistics.json", {"binary_classification_metrics": {"auc": {"value": 0.9}}})
        assert "At training" not in render(tmp_path)

    def test_metrics_worse_than_at_training_are_marked(self, tmp_path: Path) -> None:
        def files(folder: str, auc: float, rate: float) -> None:
            section = {"auc": {"value": auc}, "false_positive_rate": {"value": rate}}
            write_json(tmp_path / folder / "statistics.json", {"binary_classification_metrics": section})

        files("before", 0.9, 0.1)
        files("now", 0.8, 0.05)
        text = Page(render(tmp_path / "now", tmp_path / "before")).text
        assert "auc 0.8 0.9 −0.1 worse" in text
        assert "false_positive_rate 0.05 0.1 −0.05" in text
        assert "−0.05 worse" not in text

    def test_bias_is_described_in_plain_language_with_its_uncertainty(self, tmp_path: Path) -> None:
        interval = {"lower": -0.01, "upper": 0.2, "level": 0.95}
        write_json(tmp_path / "analysis.json", bias_analysis(DPPL={"value": 0.104, "confidence_interval": interval}))
        text = Page(render(tmp_path)).text
        assert "Rows with sex = F get the positive answer 10.4 percentage points less often than the others." in text
        assert "May be chance" in text

    def test_infinite_and_failed_bias_metrics_are_shown(self, tmp_path: Path) -> None:
        write_json(
            tmp_path / "analysis.json", bias_analysis(TE={"value": "Infinity"}, CDDPL={"value": None, "error": "why"})
        )
        text = Page(render(tmp_path)).text
        assert "∞" in text
        assert "No value: why" in text

    def test_empty_folder_and_missing_folder_are_bad_input(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="nothing to report"):
            render(tmp_path)
        with pytest.raises(InputError, match="there is no folder"):
            render(tmp_path / "nowhere")

    def test_command_writes_one_file(self, tmp_path: Path) -> None:
        write_json(tmp_path / "run/drift_report.json", drift_report(feature("region", "breach")))
        assert main(["report", "--input", str(tmp_path / "run"), "--output", str(tmp_path / "out/report.html")]) == 0
        page = (tmp_path / "out/report.html").read_text(encoding="utf-8")
        assert page.startswith("<!doctype html>")
        assert len(page) < 60_000


class TestWords:
    def test_every_metric_has_a_meaning(self) -> None:
        assert {each.name for each in BUILT_IN} == set(MEANINGS)

    @pytest.mark.parametrize("value", [-0.3, -1e-6, 0.0, 0.3, 1.0, float("inf")])
    @pytest.mark.parametrize("name", sorted(MEANINGS))
    def test_meanings_are_sentences_for_any_value(self, name: str, value: float) -> None:
        said = bias_meaning(name, value, "sex", "F")
        assert said[0].isupper()
        assert said.endswith(".")
        assert "the the" not in said

    @pytest.mark.parametrize(
        ("name", "value", "words"),
        [
            ("RD", 0.1, "less often"),
            ("RD", -0.1, "more often"),
            ("SD", -0.1, "less often"),
            ("SD", 0.1, "more often"),
            ("DRR", 0.1, "right 10.0 percentage points more often"),
            ("DAR", 0.1, "right 10.0 percentage points less often"),
            ("CI", 0.316, "Rows with sex = F are 34.2% of all rows, the others 65.8%."),
            ("DI", 0.5, "get 50, numbers being equal. Below 80 it fails"),
            ("FT", -0.1, "refused more often"),
        ],
    )
    def test_signs_say_who_is_worse_off(self, name: str, value: float, words: str) -> None:
        assert words in bias_meaning(name, value, "sex", "F")

    def test_threshold_groups_are_described_as_such(self) -> None:
        assert bias_meaning("DPPL", 0.1, "age", "(50, 79.0]").startswith("Rows with age above 50 get")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.12345678, "0.1235"),
        (-0.5, "−0.5"),
        (12345.678, "12,346"),
        (1e-9, "1.0e−09"),
        (float("inf"), "∞"),
        (float("nan"), "n/a"),
        (None, "n/a"),
        (100.0, "100"),
    ],
)
def test_numbers_for_people(value: float | None, text: str) -> None:
    assert short(value) == text


def test_a_line_needs_two_runs() -> None:
    assert timeline([("1", 0.5)], [], "x") == ""
    assert "bound 0.4" in timeline([("1", 0.5), ("2", 0.6)], [0.4], "x")
