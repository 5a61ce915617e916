"""Goldens of jobs and endpoints: tuning, own source code, batch transform, endpoint."""

from __future__ import annotations

from parts import (
    SESSION,
    artifact,
    builder,
    channel,
    output,
    prepare,
    register,
    s3,
    train,
    trainer,
)
from registry import SCRIPTS, golden, pipeline
from sagemaker.core.parameter import CategoricalParameter, ContinuousParameter, IntegerParameter
from sagemaker.core.transformer import Transformer
from sagemaker.mlops.workflow.endpoint_step import EndpointConfigStep, EndpointStep
from sagemaker.mlops.workflow.model_step import ModelStep
from sagemaker.mlops.workflow.pipeline import Pipeline
from sagemaker.mlops.workflow.steps import CacheConfig, TrainingStep, TransformStep, TuningStep
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import SourceCode
from sagemaker.train.tuner import HyperparameterTuner


@golden
def tuning(name: str) -> Pipeline:
    """A search over every kind of range, the best model registered."""
    prepared = prepare(name)
    tuner = HyperparameterTuner(
        model_trainer=trainer(name, keep="1"),
        objective_metric_name="validation:accuracy",
        objective_type="Maximize",
        strategy="Random",
        max_jobs=4,
        max_parallel_jobs=2,
        random_seed=7,
        metric_definitions=[{"Name": "validation:accuracy", "Regex": "validation:accuracy=([0-9.]+)"}],
        hyperparameter_ranges={
            "margin": ContinuousParameter(-0.2, 0.2),
            "folds": IntegerParameter(2, 4),
            "mode": CategoricalParameter(["plain", "wide"]),
        },
    )
    tune = TuningStep("Tune", step_args=tuner.tune(inputs=channel(output(prepared, "train"))))
    best = tune.get_top_model_s3_uri(top_k=0, s3_bucket="mooring-goldens", prefix=f"{name}/model")
    return pipeline(name, [prepared, tune, register(best)])


@golden
def source_code(name: str) -> Pipeline:
    """What the SDK makes of a local source folder: channels and an entry point of its own, places it names itself."""
    prepared = prepare(name)
    made = trainer(name, margin=0.1)
    scripted = ModelTrainer(
        training_image=made.training_image,
        role=made.role,
        base_job_name="train",
        sagemaker_session=SESSION,
        compute=made.compute,
        stopping_condition=made.stopping_condition,
        output_data_config=made.output_data_config,
        hyperparameters={"margin": 0.1},
        source_code=SourceCode(source_dir=str(SCRIPTS), entry_script="train.py"),
    )
    trained = TrainingStep("Train", step_args=scripted.train(input_data_config=channel(output(prepared, "train"))))
    return pipeline(name, [prepared, trained])


@golden
def batch_transform(name: str) -> Pipeline:
    """Train, create a model, score a data set with it."""
    prepared = prepare(name)
    trained = train(name, output(prepared, "train"))
    model = ModelStep("Model", step_args=builder(artifact(trained)).build())
    transformer = Transformer(
        model_name=model.properties.ModelName,
        instance_count=1,
        instance_type="ml.m5.large",
        output_path=s3(f"{name}/predictions"),
        accept="text/csv",
        assemble_with="Line",
        max_payload=6,
        strategy="MultiRecord",
        sagemaker_session=SESSION,
    )
    args = transformer.transform(
        output(prepared, "test"), content_type="text/csv", split_type="Line", input_filter="$[1:]"
    )
    score = TransformStep("Score", step_args=args, cache_config=CacheConfig(enable_caching=True, expire_after="P1d"))
    return pipeline(name, [prepared, trained, model, score])


@golden
def endpoint(name: str) -> Pipeline:
    """Train, create a model, serve it."""
    prepared = prepare(name)
    trained = train(name, output(prepared, "train"))
    model = ModelStep("Model", step_args=builder(artifact(trained)).build())
    variant = {
        "ModelName": model.properties.ModelName,
        "VariantName": "AllTraffic",
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": 1,
        "InitialVariantWeight": 1.0,
    }
    config = EndpointConfigStep(
        "Config", step_args=SESSION.create_endpoint_config(name="goldens", production_variants=[variant])
    )
    serve = EndpointStep("Serve", step_args=SESSION.create_endpoint("goldens", config.properties.EndpointConfigName))
    return pipeline(name, [prepared, trained, model, config, serve])
