"""The scheduled monitors of quality, bias and explanations: verdicts, metrics and files of one window."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from loan_model import read_loan_model, write_model
from loan_samples import loan_rows, loans
from mooring_monitor.bias import monitor as bias
from mooring_monitor.bias.analysis import BiasData, analyse
from mooring_monitor.bias.selection import Outcome
from mooring_monitor.errors import InputError
from mooring_monitor.explain import monitor as explain
from mooring_monitor.explain.documents import explanations_document
from mooring_monitor.explain.model import ExplainedModel
from mooring_monitor.json_file import read_json, write_documents, write_json
from mooring_monitor.quality import monitor as quality
from mooring_monitor.quality.measures import estimates
from mooring_monitor.quality.outcomes import join
from mooring_monitor.readers.watched import Watched
from mooring_monitor.readers.window import Window
from mooring_monitor.records import WatchOutcome
from mooring_monitor.watch.monitor import Monitor, judge_rows
from mooring_monitor.watch.rows import JoinedRows
from mooring_monitor.watch.run import Run
from mooring_use_case.use_case import UseCase


def judged(
    monitor: Monitor[Any, Any],
    folder: Path,
    frame: pd.DataFrame,
    case: UseCase | None = None,
    clients: Mapping[str, Any] | None = None,
    **monitoring: Any,
) -> WatchOutcome:
    """The outcome of a window over sample rows, labels arriving after an hour; its documents are in folder/output."""
    run = Run(
        use_case=case or loans(monitoring={"min_sample": 50, **monitoring}),
        window=Window.ending("2026-01-02T00:00:00Z", "1d"),
        watched=Watched(str(folder / "nowhere")),
        endpoint="loans-endpoint",
        variant="AllTraffic",
        schedule="loans-monitor",
        baseline=folder / "live",
        read_model=read_loan_model,
        **(clients or {}),
    )
    labels = frame["good"].astype(float)
    rows = JoinedRows(
        features=frame.drop(columns=["good", "prediction", "score"]),
        predictions=frame["prediction"].astype(float),
        scores=frame["score"],
        labels=labels,
        label_lag=pd.Series(3600.0, index=frame.index).where(labels.notna()),
    )
    outcome, documents = judge_rows(monitor, run, rows)
    write_documents(folder / "output", documents)
    return outcome


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
        outcome = judged(quality.MONITOR, evaluated, loan_rows(1000, seed=8))
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
        outcome = judged(quality.MONITOR, evaluated, frame, quality={"metric": "auc", "bound": 0.75})
        assert outcome.verdict == "breach"
        assert "below the lowest allowed value 0.75; worst slice" in outcome.summary
        assert "auc" in {each.extra["metric_name"] for each in outcome.violations}

    def test_significant_fall_above_the_bound_is_a_warning(self, evaluated: Path) -> None:
        frame = loan_rows(1000, seed=8)
        frame.loc[:299, "good"] = 1 - frame.loc[:299, "good"]
        outcome = judged(quality.MONITOR, evaluated, frame, quality={"metric": "auc", "bound": 0.5})
        assert outcome.verdict == "warn"
        assert "significantly worse than at training" in outcome.summary

    def test_false_alarms_on_undrifted_windows_are_rare(self, evaluated: Path) -> None:
        verdicts = [judged(quality.MONITOR, evaluated, loan_rows(300, seed=100 + seed)).verdict for seed in range(60)]
        assert verdicts.count("warn") + verdicts.count("breach") <= 3

    def test_too_few_labels_are_skipped_with_coverage(self, evaluated: Path) -> None:
        frame = loan_rows(400)
        frame["good"] = frame["good"].astype(float).where(frame.index < 40)
        outcome = judged(quality.MONITOR, evaluated, frame)
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
        outcome = judged(bias.MONITOR, analysed, loan_rows(800, seed=8), bias={"metric": "DPPL", "max": 0.4})
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
        outcome = judged(bias.MONITOR, analysed, frame, bias={"metric": "DPPL", "max": 0.25})
        assert outcome.verdict == "breach"
        assert outcome.summary.startswith("DPPL of sex = F is ")
        assert {"DPPL", "DI", "RD"} <= {each.extra["metric_name"] for each in outcome.violations}

    def test_what_may_be_chance_is_a_warning(self, analysed: Path) -> None:
        frame = loan_rows(120, seed=8)
        accepted = {sex: frame.index[frame["sex"] == sex] for sex in ("F", "M")}
        frame["prediction"] = 0
        for sex, share in (("F", 0.45), ("M", 0.6)):
            frame.loc[accepted[sex][: int(len(accepted[sex]) * share)], "prediction"] = 1
        outcome = judged(bias.MONITOR, analysed, frame, bias={"metric": "DPPL", "max": 0.1})
        assert outcome.verdict == "warn"
        assert "which its interval does not exclude to be chance" in outcome.summary

    def test_false_alarms_on_undrifted_windows_are_rare(self, analysed: Path) -> None:
        verdicts = [
            judged(bias.MONITOR, analysed, loan_rows(400, seed=100 + seed), bias={"metric": "DPPL", "max": 0.4})
            for seed in range(6)
        ]
        assert [each.verdict for each in verdicts].count("breach") == 0
        assert [each.verdict for each in verdicts].count("warn") <= 1

    def test_without_a_facet_it_says_what_to_add(self, analysed: Path) -> None:
        with pytest.raises(InputError, match=r"names no facet; add fairness\.facets"):
            judged(bias.MONITOR, analysed, loan_rows(), case=loans(fairness={}))


class TestExplanations:
    @pytest.fixture
    def explained(self, tmp_path: Path) -> Path:
        archive = write_model(tmp_path / "live/files", loan_rows(), archive=True)
        document = explanations_document(ExplainedModel(read_loan_model(archive, loans())).tree_shap(loan_rows()))
        write_json(tmp_path / "live/explanations.json", document)
        return tmp_path

    def test_same_traffic_keeps_the_ranking(self, explained: Path) -> None:
        outcome = judged(explain.MONITOR, explained, loan_rows(seed=9))
        assert outcome.verdict == "ok"
        assert published(outcome)["attribution_ndcg"] > 0.95
        assert set(published(outcome)) == {
            "captured_rows",
            "monitor_runs",
            "attribution_ndcg",
            *("feature_sex", "feature_age", "feature_income", "feature_region"),
        }

    def test_traffic_in_which_the_main_feature_says_nothing_is_a_breach(self, explained: Path) -> None:
        frame = loan_rows(seed=9)
        frame["income"] = 23_500.0
        outcome = judged(explain.MONITOR, explained, frame, explanations={"min_ndcg": 0.95})
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

        outcome = judged(explain.MONITOR, explained, loan_rows(seed=9), clients={"sagemaker": Models(), "s3": Store()})
        assert outcome.verdict == "ok"
        assert asked == [{"ModelPackageName": "arn:package"}, {"Bucket": "bucket", "Key": "a/model.tar.gz"}]

    def test_without_model_and_manifest_it_says_so(self, explained: Path) -> None:
        (explained / "live/model.tar.gz").unlink()
        with pytest.raises(InputError, match=r"neither model\.tar\.gz nor manifest\.json"):
            judged(explain.MONITOR, explained, loan_rows())


def refuse(constant: str) -> None:
    pytest.fail(f"{constant} is not JSON")


def test_written_files_are_strict_json(evaluated: Path) -> None:
    judged(quality.MONITOR, evaluated, loan_rows(1000, seed=8))
    for path in (evaluated / "output").iterdir():
        json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)
