"""Hyperparameters of the training."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from mooring_steps.errors import InputError
from mooring_steps.hyperparameters import TABLE, resolve


def test_texts_become_numbers_over_the_defaults() -> None:
    values = resolve({"max_depth": "6", "eta": "0.3", "objective": "binary:logistic"})
    assert (values["max_depth"], values["eta"], values["objective"]) == (6, 0.3, "binary:logistic")
    assert (values["num_round"], values["nthread"]) == (150, 1)


def test_every_unusable_one_is_listed_with_what_is_allowed() -> None:
    with pytest.raises(InputError) as error:
        resolve({"max_dept": 3, "eta": "fast", "num_round": 1.5, "subsample": 2, "objective": "rank:ndcg"})
    first, *others = error.value.problems
    assert first.startswith("hyperparameter 'max_dept' is unknown; did you mean 'max_depth'? there are: num_round, ")
    assert others == [
        "hyperparameter 'eta': 'fast' is not a number",
        "hyperparameter 'num_round': '1.5' is not a whole number",
        "hyperparameter 'subsample': 2 is not between 0 and 1",
        "hyperparameter 'objective': 'rank:ndcg' is not one of binary:logistic, reg:squarederror, reg:absoluteerror, "
        "reg:tweedie, count:poisson",
    ]


def test_synthesis_refuses_names_by_the_same_list() -> None:
    source = (Path(__file__).parents[3] / "pipeline-defs/standard/limits.ts").read_text()
    found = re.search(r"hyperparameters = \[(.*?)\]", source, re.DOTALL)
    assert found
    assert re.findall(r"'(\w+)'", found[1]) == list(TABLE)
