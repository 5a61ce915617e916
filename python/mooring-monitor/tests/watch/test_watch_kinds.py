"""The scheduled monitors of quality, bias and explanations: verdicts, metrics and files of one window."""

from __future__ import annotations

import io
import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from loan_model import write_artefact
from loan_samples import loan_rows, loans
from mooring_monitor.bias.analysis import BiasData, analyse
from mooring_monitor.bias.selection import Outcome
from mooring_monitor.commands import bias, explain, quality
from mooring_monitor.errors import InputError
from mooring_monitor.explain.documents import explanations_document
from mooring_monitor.explain.model import ExplainedModel
from mooring_monitor.json_file import read_json, write_json
from mooring_monitor.quality.measures import estimates
from mooring_monitor.quality.outcomes import join
from mooring_monitor.records import Kind, WatchOutcome, WatchWindow


def window(folder: Path, kind: Kind, frame: pd.DataFrame, **monitoring: Any) -> WatchWindow:
    """A window over sample rows, labels arriving after an hour."""
    labels = frame["good"].astype(float)
    return WatchWindow(
        use_case=loans(monitoring={"min_sample": 50, **monitoring}),
        kind=kind,
        endpoint="loans-endpoint",
        variant="AllTraffic",
        schedule=f"loans-{kind}-monitor",
        start=datetime(2026, 1, 1, tzinfo=timezone.utc),
        end=datetime(2026, 1, 2, tzinfo=timezone.utc),
        baseline=folder / "live",
        output=folder / "output",
        features=frame.drop(columns=["good", "prediction", "score"]),
        predictions=frame["prediction"].astype(float),
        scores=frame["score"],
        labels=labels,
        times=pd.Series(pd.Timestamp("2026-01-01T12:00:00Z"), index=frame.index),
        label_lag=pd.Series(3600.0, index=frame.index).where(labels.notna()),
        skipped={},
    )


def published(outcome: WatchOutcome) -> dict[str, float]:
    return {each.name: each.value for each in outcome.metrics if not each.dimensions}


@pytest.fixture
def evaluated(tmp_path: Path) -> Path:
    """A live folder with the evaluation of the training run."""
    frame = loan_rows(3000, seed=7)
    outcomes = join("binary", frame["good"], frame["prediction"], frame["score"]).outcomes
    section = {name: each.as_json() for name, each in estimates("binary", outcomes).items()}
    write_json(tmp_path / "live/evaluation.json", {"binary_classification_metrics": section})
    return tmp_path


class TestQuality:
    def test_undrifted_window_is_ok_and_publishes_every_metric(self, evaluated: Path) -> None:
        outcome = quality.watch(window(evaluated, "quality", loan_rows(1000, seed=8)))
        assert outcome.verdict == "ok"
        found = published(outcome)
        assert {"auc", "f1", "accuracy", "recall", "label_coverage", "label_lag_seconds"} <= set(found)
        assert found["label_coverage"] == 1.0
        assert found["label_lag_seconds"] == 3600.0
        names = {path.name for path in (evaluated / "output").iterdir()}
        assert names == {"statistics.json", "slices.json", "constraint_violations.json"}

    def test_broken_bound_is_a_breach_that_names_the_worst_slice(self, evaluated: Path) -> None:
        frame = loan_rows(1000, seed=8)
        frame["good"] = np.random.default_rng(0).integers(0, 2, 1000)
        outcome = quality.watch(window(evaluated, "quality", frame, quality={"metric": "auc", "bound": 0.75}))
        assert outcome.verdict == "breach"
        assert "below the lowest allowed value 0.75; worst slice" in outcome.summary
        assert "auc" in {each.extra["metric_name"] for each in outcome.violations}

    def test_significant_fall_above_the_bound_is_a_warning(self, evaluated: Path) -> None:
        frame = loan_rows(1000, seed=8)
        frame.loc[:299, "good"] = 1 - frame.loc[:299, "good"]
        outcome = quality.watch(window(evaluated, "quality", frame, quality={"metric": "auc", "bound": 0.5}))
        assert outcome.verdict == "warn"
        assert "significantly worse than at training" in outcome.summary

    def test_false_alarms_on_undrifted_windows_are_rare(self, evaluated: Path) -> None:
        verdicts = [
            quality.watch(window(evaluated, "quality", loan_rows(300, seed=100 + seed))).verdict for seed in range(60)
        ]
        assert verdicts.count("warn") + verdicts.count("breach") <= 3

    def test_too_few_labels_are_skipped_with_coverage(self, evaluated: Path) -> None:
        frame = loan_rows(400)
        frame["good"] = frame["good"].astype(float).where(frame.index < 40)
        outcome = quality.watch(window(evaluated, "quality", frame))
        assert outcome.verdict == "skipped"
        assert outcome.summary == "Quality not judged: 40 of 400 predictions have a label, at least 50 are needed"
        assert published(outcome)["label_coverage"] == pytest.approx(0.1)


class TestBias:
    @pytest.fixture
    def analysed(self, tmp_path: Path) -> Path:
        frame = loan_rows(4000, seed=7)
        data = BiasData(frame.drop(columns=["prediction", "score"]), Outcome(value=1), frame["prediction"])
        write_json(tmp_path / "live/analysis.json", analyse(data, loans(), ["post_training"]))
        return tmp_path

    def test_undrifted_window_is_ok_with_plain_and_clarifys_dimensions(self, analysed: Path) -> None:
        outcome = bias.watch(window(analysed, "bias", loan_rows(800, seed=8), bias={"metric": "DPPL", "max": 0.4}))
        assert outcome.verdict == "ok", outcome.summary
        assert {"bias_metric_DPPL", "bias_metric_DI", "bias_metric_TE"} <= set(published(outcome))
        full = next(each for each in outcome.metrics if each.name == "bias_metric_AD" and each.dimensions)
        assert full.dimensions == {
            "BiasStage": "Post-Training",
            "Label": "good",
            "LabelValue": "1",
            "Facet": "sex",
            "FacetValue": "F",
        }

    def test_rejecting_one_facet_is_a_breach_and_violations_include_the_fallen_ratio(self, analysed: Path) -> None:
        frame = loan_rows(800, seed=8)
        women = frame["sex"] == "F"
        frame.loc[women & (frame["score"] < 0.8), "prediction"] = 0
        outcome = bias.watch(window(analysed, "bias", frame, bias={"metric": "DPPL", "max": 0.25}))
        assert outcome.verdict == "breach"
        assert outcome.summary.startswith("DPPL of sex = F is ")
        assert {"DPPL", "DI", "RD"} <= {each.extra["metric_name"] for each in outcome.violations}

    def test_what_may_be_chance_is_a_warning(self, analysed: Path) -> None:
        frame = loan_rows(120, seed=8)
        accepted = {sex: frame.index[frame["sex"] == sex] for sex in ("F", "M")}
        frame["prediction"] = 0
        for sex, share in (("F", 0.45), ("M", 0.6)):
            frame.loc[accepted[sex][: int(len(accepted[sex]) * share)], "prediction"] = 1
        outcome = bias.watch(window(analysed, "bias", frame, bias={"metric": "DPPL", "max": 0.1}))
        assert outcome.verdict == "warn"
        assert "which its interval does not exclude to be chance" in outcome.summary

    def test_false_alarms_on_undrifted_windows_are_rare(self, analysed: Path) -> None:
        verdicts = [
            bias.watch(window(analysed, "bias", loan_rows(400, seed=100 + seed), bias={"metric": "DPPL", "max": 0.4}))
            for seed in range(6)
        ]
        assert [each.verdict for each in verdicts].count("breach") == 0
        assert [each.verdict for each in verdicts].count("warn") <= 1

    def test_without_a_facet_it_says_what_to_add(self, analysed: Path) -> None:
        bare = window(analysed, "bias", loan_rows())
        with pytest.raises(InputError, match=r"names no facet; add fairness\.facets"):
            bias.watch(WatchWindow(**{**vars(bare), "use_case": loans(fairness={})}))


class TestExplanations:
    @pytest.fixture
    def explained(self, tmp_path: Path) -> Path:
        archive = write_artefact(tmp_path / "live/files", loan_rows(), archive=True)
        document = explanations_document(ExplainedModel.load(archive).tree_shap(loan_rows()))
        write_json(tmp_path / "live/explanations.json", document)
        return tmp_path

    def test_same_traffic_keeps_the_ranking(self, explained: Path) -> None:
        outcome = explain.watch(window(explained, "explanations", loan_rows(seed=9)))
        assert outcome.verdict == "ok"
        assert published(outcome)["attribution_ndcg"] > 0.95
        assert set(published(outcome)) == {
            "attribution_ndcg",
            *("feature_sex", "feature_age", "feature_income", "feature_region"),
        }

    def test_traffic_in_which_the_main_feature_says_nothing_is_a_breach(self, explained: Path) -> None:
        frame = loan_rows(seed=9)
        frame["income"] = 23_500.0
        outcome = explain.watch(window(explained, "explanations", frame, explanations={"min_ndcg": 0.95}))
        assert outcome.verdict == "breach"
        assert outcome.violations[0].constraint_check_type == "feature_attribution_drift_check"
        drift = read_json(explained / "output/attribution_drift.json", "drift")
        assert drift["ndcg"]["label0"] == published(outcome)["attribution_ndcg"]

    def test_model_is_found_through_the_live_manifest(self, explained: Path) -> None:
        archive = (explained / "live/model.tar.gz").read_bytes()
        (explained / "live/model.tar.gz").unlink()
        write_json(explained / "live/manifest.json", {"package_arn": "arn:package"})
        asked: list[dict[str, str]] = []

        class Models:
            def describe_model_package(self, **request: str) -> dict[str, Any]:
                asked.append(request)
                return {"InferenceSpecification": {"Containers": [{"ModelDataUrl": "s3://bucket/a/model.tar.gz"}]}}

        class Store:
            def get_object(self, **request: str) -> dict[str, Any]:
                asked.append(request)
                return {"Body": io.BytesIO(archive)}

        outcome = explain.watch(window(explained, "explanations", loan_rows(seed=9)), Models(), Store())
        assert outcome.verdict == "ok"
        assert asked == [{"ModelPackageName": "arn:package"}, {"Bucket": "bucket", "Key": "a/model.tar.gz"}]

    def test_without_model_and_manifest_it_says_so(self, explained: Path) -> None:
        (explained / "live/model.tar.gz").unlink()
        with pytest.raises(InputError, match=r"neither model\.tar\.gz nor manifest\.json"):
            explain.watch(window(explained, "explanations", loan_rows()))


def refuse(constant: str) -> None:
    pytest.fail(f"{constant} is not JSON")


def test_written_files_are_strict_json(evaluated: Path) -> None:
    quality.watch(window(evaluated, "quality", loan_rows(1000, seed=8)))
    for path in (evaluated / "output").iterdir():
        json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)
