"""Features of a daily demand series that are known four weeks ahead.

A forecast for a day may use what was sold up to 28 days before it, so every lag is at least that old. The same model
then forecasts each of the next 28 days directly, without feeding its own forecasts back.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

#: Days between the last known sale and the day that is forecast.
HORIZON: Final = 28
SERIES: Final = ["store", "item"]


def prepare(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per series and day that has sales, with lags by date: days that are missing stay missing.

    - `sales_28`: sales 28 days before, the same weekday (the naive forecast);
    - `weekday_mean`: mean of 28, 35, 42 and 49 days before;
    - `month_mean`: mean of the days 28 to 55 before;
    - `weekday`, `month`, `day`: of the day that is forecast.
    """
    days = rows.assign(date=pd.to_datetime(rows["date"]), sales=pd.to_numeric(rows["sales"]))
    if days.duplicated([*SERIES, "date"]).any():
        days = days.drop_duplicates([*SERIES, "date"], keep="last")
    wide = days.pivot(index="date", columns=SERIES, values="sales").asfreq("D")
    known = wide.shift(HORIZON)
    lags = {
        "sales_28": known,
        "weekday_mean": _mean_of([known.shift(7 * weeks) for weeks in range(4)]),
        "month_mean": known.rolling(HORIZON, min_periods=7).mean(),
    }
    for name, values in lags.items():
        column = values.stack(SERIES, future_stack=True).rename(name).reset_index()
        days = days.merge(column, on=["date", *SERIES], how="left")
    days["weekday"] = days["date"].dt.dayofweek
    days["month"] = days["date"].dt.month
    days["day"] = days["date"].dt.day
    # The first eight weeks have no full month behind them and would teach the model what missing lags are.
    first = days["date"].min() + pd.Timedelta(days=2 * HORIZON)
    return days[days["date"] >= first].reset_index(drop=True)


def _mean_of(frames: list[pd.DataFrame]) -> pd.DataFrame:
    stacked = np.stack([each.to_numpy() for each in frames])
    known = ~np.isnan(stacked)
    count = known.sum(axis=0)
    total = np.where(known, stacked, 0.0).sum(axis=0)
    means = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return pd.DataFrame(means, index=frames[0].index, columns=frames[0].columns)
