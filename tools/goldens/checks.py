"""Goldens with the steps that need Model Monitor and Clarify, and a registration with everything that they make."""

from __future__ import annotations

from typing import Any

from offline import ROLE
from parts import SESSION, artifact, builder, output, prepare, register, s3, train
from registry import golden, pipeline
from sagemaker.core.clarify import BiasConfig, DataConfig, ModelConfig, ModelPredictedLabelConfig, SHAPConfig
from sagemaker.core.drift_check_baselines import DriftCheckBaselines
from sagemaker.core.metadata_properties import MetadataProperties
from sagemaker.core.model_metrics import FileSource, MetricsSource, ModelMetrics
from sagemaker.core.model_monitor import DatasetFormat
from sagemaker.core.workflow.parameters import ParameterBoolean
from sagemaker.mlops.workflow.check_job_config import CheckJobConfig
from sagemaker.mlops.workflow.clarify_check_step import (
    ClarifyCheckStep,
    DataBiasCheckConfig,
    ModelBiasCheckConfig,
    ModelExplainabilityCheckConfig,
)
from sagemaker.mlops.workflow.model_step import ModelStep
from sagemaker.mlops.workflow.pipeline import Pipeline
from sagemaker.mlops.workflow.quality_check_step import (
    DataQualityCheckConfig,
    ModelQualityCheckConfig,
    QualityCheckStep,
)
from sagemaker.mlops.workflow.steps import CacheConfig


def job() -> CheckJobConfig:
    return CheckJobConfig(
        role=ROLE,
        instance_count=1,
        instance_type="ml.m5.large",
        volume_size_in_gb=20,
        max_runtime_in_seconds=1800,
        sagemaker_session=SESSION,
    )


def source(step: Any, name: str) -> MetricsSource:
    return MetricsSource(content_type="application/json", s3_uri=getattr(step.properties, name))


@golden
def quality_checks(name: str) -> Pipeline:
    """Data and model quality, and a version registered with their results."""
    skip = ParameterBoolean("SkipCheck", default_value=False)
    prepared = prepare(name)
    data = QualityCheckStep(
        "DataQuality",
        quality_check_config=DataQualityCheckConfig(
            baseline_dataset=output(prepared, "train"),
            dataset_format=DatasetFormat.csv(header=False),
            output_s3_uri=s3(f"{name}/data-quality"),
        ),
        check_job_config=job(),
        skip_check=skip,
        fail_on_violation=False,
        register_new_baseline=True,
        model_package_group_name="goldens",
        cache_config=CacheConfig(enable_caching=True, expire_after="P1d"),
    )
    model = QualityCheckStep(
        "ModelQuality",
        quality_check_config=ModelQualityCheckConfig(
            baseline_dataset=s3(f"{name}/predictions.csv"),
            dataset_format=DatasetFormat.csv(header=True),
            output_s3_uri=s3(f"{name}/model-quality"),
            problem_type="BinaryClassification",
            inference_attribute="prediction",
            ground_truth_attribute="label",
        ),
        check_job_config=job(),
        supplied_baseline_statistics=s3("baseline/statistics.json"),
        supplied_baseline_constraints=s3("baseline/constraints.json"),
    )
    trained = train(name, output(prepared, "train"))
    used = "BaselineUsedForDriftCheck"
    version = register(
        artifact(trained),
        model_metrics=ModelMetrics(
            model_statistics=source(model, "CalculatedBaselineStatistics"),
            model_constraints=source(model, "CalculatedBaselineConstraints"),
            model_data_statistics=source(data, "CalculatedBaselineStatistics"),
            model_data_constraints=source(data, "CalculatedBaselineConstraints"),
            bias=MetricsSource("application/json", s3("bias/analysis.json")),
            explainability=MetricsSource("application/json", s3("explain/analysis.json")),
        ),
        drift_check_baselines=DriftCheckBaselines(
            model_statistics=source(model, f"{used}Statistics"),
            model_constraints=source(model, f"{used}Constraints"),
            model_data_statistics=source(data, f"{used}Statistics"),
            model_data_constraints=source(data, f"{used}Constraints"),
            bias_config_file=FileSource(s3_uri=s3("bias/config.json"), content_type="application/json"),
        ),
        customer_metadata_properties={"commit": "0123abc"},
        metadata_properties=MetadataProperties(commit_id="0123abc", project_id="goldens"),
    )
    return pipeline(name, [prepared, data, model, trained, version], [skip])


@golden
def clarify_checks(name: str) -> Pipeline:
    """Bias of data and model, and explanations."""
    prepared = prepare(name)
    trained = train(name, output(prepared, "train"))
    made = ModelStep("Model", step_args=builder(artifact(trained)).build())
    model = ModelConfig(
        model_name=made.properties.ModelName, instance_count=1, instance_type="ml.m5.large", accept_type="text/csv"
    )
    bias = BiasConfig(label_values_or_threshold=[1], facet_name="x", facet_values_or_threshold=[0.5])

    def data(kind: str) -> DataConfig:
        return DataConfig(
            s3_data_input_path=output(prepared, "train"),
            s3_output_path=s3(f"{name}/{kind}"),
            s3_analysis_config_output_path=s3(f"{name}/{kind}-config"),
            label="y",
            headers=["y", "x"],
            dataset_type="text/csv",
        )

    steps = [
        ClarifyCheckStep(
            "DataBias",
            DataBiasCheckConfig(data_config=data("data-bias"), data_bias_config=bias),
            job(),
            skip_check=True,
            register_new_baseline=True,
            model_package_group_name="goldens",
        ),
        ClarifyCheckStep(
            "ModelBias",
            ModelBiasCheckConfig(
                data_config=data("model-bias"),
                data_bias_config=bias,
                model_config=model,
                model_predicted_label_config=ModelPredictedLabelConfig(probability_threshold=0.5),
            ),
            job(),
            fail_on_violation=False,
        ),
        ClarifyCheckStep(
            "Explain",
            ModelExplainabilityCheckConfig(
                data_config=data("explain"),
                model_config=model,
                explainability_config=SHAPConfig(baseline=[[0.5]], num_samples=5, agg_method="mean_abs"),
            ),
            job(),
            supplied_baseline_constraints=s3("explain/constraints.json"),
        ),
    ]
    return pipeline(name, [prepared, trained, made, *steps])
