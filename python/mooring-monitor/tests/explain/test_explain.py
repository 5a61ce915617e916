"""Tree attributions against the shap library, drift of attributions, reason codes and the command."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from loan_model import LoanModel, read_loan_model, write_model
from loan_samples import loan_document, loan_rows, loans
from mooring_monitor.cli import main
from mooring_monitor.errors import InputError
from mooring_monitor.explain.background import background
from mooring_monitor.explain.drift import ndcg
from mooring_monitor.explain.endpoint_model import EndpointModel
from mooring_monitor.explain.model import ExplainedModel
from mooring_monitor.explain.reasons import reason_codes
from sklearn.metrics import ndcg_score


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    found = loan_rows()
    found.loc[::17, "income"] = None
    return found


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, frame: pd.DataFrame) -> ExplainedModel:
    archive = write_model(tmp_path_factory.mktemp("model") / "files", frame, archive=True)
    return ExplainedModel(read_loan_model(archive, loans()))


class TestTreeMethod:
    def test_adds_up_to_the_log_odds_of_every_prediction(self, model: ExplainedModel, frame: pd.DataFrame) -> None:
        (found,) = model.tree_shap(frame)
        _, scores = model.predictions(frame)
        assert scores is not None
        assert found.unit == "log-odds"
        assert found.values.sum(axis=1) + found.expected == pytest.approx(
            np.log(scores / (1 - scores)), rel=5e-6, abs=1e-5
        )

    def test_agrees_with_the_shap_library_on_raw_features(self, model: ExplainedModel, frame: pd.DataFrame) -> None:
        shap = pytest.importorskip("shap")
        (found,) = model.tree_shap(frame)
        trained = model.model
        assert isinstance(trained, LoanModel)
        texts = np.column_stack([trained.texts(frame[name]) for name in trained.features])
        reference = shap_by_library(shap, trained.booster, trained.matrix(texts))
        owners = trained.owners
        for position, name in enumerate(found.features):
            mine = [index for index, owner in enumerate(owners) if owner == name]
            assert found.values[:, position] == pytest.approx(reference[:, mine].sum(axis=1), abs=2e-6)

    def test_global_values_are_means_of_magnitudes(self, model: ExplainedModel, frame: pd.DataFrame) -> None:
        (found,) = model.tree_shap(frame)
        assert found.global_values() == {
            name: pytest.approx(abs(found.values[:, index]).mean()) for index, name in enumerate(found.features)
        }
        assert max(found.global_values(), key=lambda name: found.global_values()[name]) == "income"


def shap_by_library(shap: Any, booster: Any, matrix: Any) -> np.ndarray[Any, Any]:
    """TreeExplainer's values of the dumped trees: the library's own reader predates this XGBoost's model format."""
    trees = [tree_of(dump) for dump in booster.get_dump(dump_format="json", with_stats=True)]
    explainer = shap.TreeExplainer({"trees": trees})
    return np.asarray(explainer.shap_values(matrix.astype(np.float64), check_additivity=False))


def tree_of(dump: str) -> dict[str, Any]:
    """A tree of XGBoost's JSON dump in the plain form TreeExplainer takes."""
    nodes: list[dict[str, Any]] = []

    def add(node: dict[str, Any]) -> int:
        index = len(nodes)
        nodes.append(node)
        if "children" in node:
            by_id = {child["nodeid"]: child for child in node["children"]}
            node["left"], node["right"] = add(by_id[node["yes"]]), add(by_id[node["no"]])
        return index

    add(json.loads(dump))
    inner = ["children" in node for node in nodes]
    return {
        "children_left": np.array([node["left"] if here else -1 for node, here in zip(nodes, inner, strict=True)]),
        "children_right": np.array([node["right"] if here else -1 for node, here in zip(nodes, inner, strict=True)]),
        "children_default": np.array([node["left"] if here else -1 for node, here in zip(nodes, inner, strict=True)]),
        "features": np.array([int(node["split"][1:]) if here else -2 for node, here in zip(nodes, inner, strict=True)]),
        # XGBoost goes left below the condition, the library at or below it.
        "thresholds": np.array(
            [
                np.nextafter(np.float32(node["split_condition"]), np.float32(-np.inf)) if here else -2
                for node, here in zip(nodes, inner, strict=True)
            ],
            dtype=np.float64,
        ),
        "values": np.array([[node.get("leaf", 0.0)] for node in nodes]),
        "node_sample_weight": np.array([node["cover"] for node in nodes]),
    }


class TestKernelMethod:
    def test_explains_raw_features_of_the_same_model(self, model: ExplainedModel, frame: pd.DataFrame) -> None:
        base = background(frame, loans(), "sample", 30)
        rows = frame.iloc[:8]
        (found,) = model.kernel_shap(rows, base)
        _, scores = model.predictions(rows)
        _, expected = model.predictions(base)
        assert scores is not None
        assert expected is not None
        assert found.unit == "score"
        assert found.expected == pytest.approx(expected.mean())
        assert found.values.sum(axis=1) + found.expected == pytest.approx(scores)
        # Both methods see the same model: where the trees push up, the kernel method does on the whole too.
        (trees,) = model.tree_shap(rows)
        assert np.corrcoef(trees.values[:, 2], found.values[:, 2])[0, 1] > 0.9


class Runtime:
    """An endpoint that serves the sample model, and what it was asked."""

    def __init__(self, model: ExplainedModel) -> None:
        self.model = model
        self.requests: list[int] = []

    def invoke_endpoint(self, **request: Any) -> dict[str, Any]:
        """Answer CSV rows with label,score lines."""
        rows = list(csv.reader(io.StringIO(request["Body"].decode())))
        self.requests.append(len(rows))
        scores = self.model.scores(np.array(rows, dtype=object))
        lines = [f"{int(score > 0.5)},{float(score)!r}" for score in scores]
        return {"Body": io.BytesIO("\n".join(lines).encode())}


class TestEndpoint:
    def test_is_explained_like_the_artefact_it_serves(self, model: ExplainedModel, frame: pd.DataFrame) -> None:
        runtime = Runtime(model)
        base, rows = background(frame, loans(), "sample", 40), frame.iloc[:3]
        (found,) = EndpointModel("loans-endpoint", loans(), runtime).kernel_shap(rows, base)
        (expected,) = model.kernel_shap(rows, base)
        assert found.values == pytest.approx(expected.values, abs=1e-12)
        assert max(runtime.requests) <= 500

    def test_that_answers_too_few_rows_is_refused(self, model: ExplainedModel, frame: pd.DataFrame) -> None:
        class Broken(Runtime):
            def invoke_endpoint(self, **request: Any) -> dict[str, Any]:
                return {"Body": io.BytesIO(b"1,0.5\n")}

        with pytest.raises(InputError, match="answered 1 rows to 40"):
            EndpointModel("e", loans(), Broken(model)).predictions(frame.iloc[:40])

    def test_that_answers_without_scores_is_refused(self, model: ExplainedModel, frame: pd.DataFrame) -> None:
        class Bare(Runtime):
            def invoke_endpoint(self, **request: Any) -> dict[str, Any]:
                return {"Body": io.BytesIO(b"1\n")}

        with pytest.raises(InputError, match="answers without a score"):
            EndpointModel("e", loans(), Bare(model)).scores(np.array([["F", "30", "1", "west"]], dtype=object))


class TestBackground:
    def test_typical_row_is_medians_and_most_frequent_values(self, frame: pd.DataFrame) -> None:
        typical = background(frame, loans(), "typical")
        assert len(typical) == 1
        assert typical["age"][0] == frame["age"].median()
        assert typical["region"][0] == frame["region"].mode()[0]

    def test_clusters_are_real_rows_and_seeded(self, frame: pd.DataFrame) -> None:
        found = background(frame, loans(), "kmeans", 10, seed=4)
        assert 5 <= len(found) <= 10
        assert found.equals(background(frame, loans(), "kmeans", 10, seed=4))
        known = set(frame["income"].dropna())
        assert set(found["income"].dropna()) <= known

    def test_no_rows_is_bad_input(self) -> None:
        with pytest.raises(InputError, match="no rows"):
            background(loan_rows().iloc[:0], loans(), "sample")


class TestAttributionDrift:
    def test_same_ranking_is_one_and_order_of_names_does_not_matter(self) -> None:
        assert ndcg({"a": 3.0, "b": 1.0}, {"b": 0.2, "a": 0.9}) == 1.0

    def test_worked_example(self) -> None:
        # Live order c, a, b: gains 1, 3, 2 at ranks 1, 2, 3 over ideal gains 3, 2, 1.
        live = 1 / 1 + 3 / np.log2(3) + 2 / 2
        ideal = 3 / 1 + 2 / np.log2(3) + 1 / 2
        assert ndcg({"a": 3, "b": 2, "c": 1}, {"a": 2, "b": 1, "c": 5}) == pytest.approx(live / ideal)

    def test_agrees_with_scikit_learn(self) -> None:
        random = np.random.default_rng(2)
        for size in (2, 5, 12):
            before, now = random.random(size), random.random(size)
            names = [f"f{index}" for index in range(size)]
            found = ndcg(dict(zip(names, before, strict=True)), dict(zip(names, now, strict=True)))
            assert found == pytest.approx(ndcg_score([before], [now]))

    def test_other_features_are_refused_by_name(self) -> None:
        with pytest.raises(InputError, match=r"missing \['b'\], new \['c'\]"):
            ndcg({"a": 1, "b": 1}, {"a": 1, "c": 1})


class TestReasonCodes:
    features = ("income", "age", "region")
    values = {"income": 900, "age": 30, "region": "west"}  # noqa: RUF012 - a constant of the tests

    def test_strongest_first_with_direction(self) -> None:
        found = reason_codes(self.features, self.values, np.array([-0.2, 0.7, 0.0]))
        assert [(each.rank, each.feature, each.value, each.direction) for each in found] == [
            (1, "age", 30, "raises"),
            (2, "income", 900, "lowers"),
        ]

    @pytest.mark.parametrize(("value", "text"), [(5000.0, "= 5000"), (0.5, "= 0.5"), (None, "missing"), ("a", "= a")])
    def test_values_read_as_people_write_them(self, value: Any, text: str) -> None:
        (reason,) = reason_codes(["income"], {"income": value}, np.array([1.0]))
        assert reason.as_json()["text"] == f"income {text} raises the prediction"

    def test_of_a_rejection_only_what_lowered_the_score(self) -> None:
        found = reason_codes(self.features, self.values, np.array([-0.2, 0.7, -0.4]), towards="lowers", most=1)
        assert [each.as_json()["text"] for each in found] == ["region = west lowers the prediction"]


class TestCommand:
    @pytest.fixture
    def folder(self, tmp_path: Path, frame: pd.DataFrame) -> Path:
        (tmp_path / "use-case.json").write_text(json.dumps(loan_document()), encoding="utf-8")
        write_model(tmp_path / "model/files", frame, archive=True)
        for name, part in {"train": frame[:400], "test": frame[400:]}.items():
            (tmp_path / name).mkdir()
            part.drop(columns=["prediction", "score"]).to_csv(tmp_path / name / f"{name}.csv", index=False)
        return tmp_path

    def run(self, folder: Path, *arguments: str) -> int:
        model = ["--use-case", str(folder / "use-case.json"), "--model", str(folder / "model")]
        return main(["explain", *model, *arguments], read_loan_model)

    def test_step_of_the_pipeline_writes_clarifys_document(self, folder: Path) -> None:
        step = ["--train", str(folder / "train"), "--test", str(folder / "test"), "--output", str(folder)]
        assert self.run(folder, *step) == 0
        document = json.loads((folder / "baseline/analysis.json").read_text(encoding="utf-8"))
        label = document["explanations"]["tree_shap"]["label0"]
        assert set(label) == {"global_shap_values", "expected_value"}
        assert set(label["global_shap_values"]) == {"sex", "age", "income", "region"}
        local = pd.read_csv(folder / "baseline/explanations_shap/out.csv")
        assert list(local.columns) == ["sex_label0", "age_label0", "income_label0", "region_label0"]
        assert local["income_label0"].abs().mean() == pytest.approx(label["global_shap_values"]["income"])

    def test_drift_of_attributions_is_measured_against_the_baseline(self, folder: Path) -> None:
        assert self.run(folder, "--test", str(folder / "test"), "--output", str(folder)) == 0
        later = ["--data", str(folder / "train"), "--output", str(folder / "later")]
        assert self.run(folder, *later, "--baseline", str(folder / "baseline")) == 0
        drift = json.loads((folder / "later/attribution_drift.json").read_text(encoding="utf-8"))
        assert drift["ndcg"]["label0"] > 0.95

    def test_reason_codes_of_one_prediction(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        instance = {"sex": "F", "age": 30, "income": 5000.0, "region": "west"}
        arguments = ["--data", str(folder / "test"), "--output", str(folder / "o"), "--instance", json.dumps(instance)]
        assert self.run(folder, *arguments) == 0
        found = json.loads((folder / "o/reasons.json").read_text(encoding="utf-8"))
        assert found["prediction"] == 0
        assert found["reasons"][0]["feature"] == "income"
        assert {each["direction"] for each in found["reasons"]} == {"lowers"}
        assert "1. income = 5000 lowers the prediction" in capsys.readouterr().out

    def test_kernel_method_and_other_method_than_the_baseline(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self.run(folder, "--test", str(folder / "test"), "--output", str(folder)) == 0
        kernel = ["--method", "kernel", "--rows", "5", "--background", "typical"]
        arguments = ["--data", str(folder / "test"), "--output", str(folder / "k"), *kernel]
        assert self.run(folder, *arguments) == 0
        document = json.loads((folder / "k/analysis.json").read_text(encoding="utf-8"))
        assert "kernel_shap" in document["explanations"]
        assert self.run(folder, *arguments, "--baseline", str(folder / "baseline")) == 2
        assert "only the same method and outputs can be compared" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ([], "give the rows to explain"),
            (["--data", "test", "--rows", "0"], "at least 1"),
            (["--data", "test", "--instance", "[1]"], "needs a JSON object"),
            (["--data", "test", "--instance", "{"], "is not JSON"),
            (["--data", "test", "--model", "nowhere"], "no model at 'nowhere'"),
            (["--data", "test", "--endpoint", "loans-endpoint"], "either --model PATH or --endpoint NAME"),
        ],
    )
    def test_bad_usage_is_reported_with_exit_code_2(
        self, folder: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        there = [str(folder / each) if each == "test" else each for each in arguments]
        assert self.run(folder, *there, "--output", str(folder / "o")) == 2
        assert message in capsys.readouterr().err
