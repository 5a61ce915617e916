"""The label of the rain use case: the weather four hours *later*, looked up by time and never by position."""

from __future__ import annotations

from typing import Final

import pandas as pd

#: How far ahead the label looks.
AHEAD: Final = pd.Timedelta(hours=4)
#: Columns of the raw file and their names here; the file's own "future" column looks backward and is not used.
NAMES: Final = {
    "Temperature_C": "temperature",
    "Humidity": "humidity",
    "Wind_speed_kmph": "wind_speed",
    "Wind_bearing_degrees": "wind_bearing",
    "Visibility_km": "visibility",
    "Pressure_millibars": "pressure",
    "Current_weather_condition": "raining",
}


def prepare(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per hour whose weather four hours later was observed as well.

    Several observations of one hour count once, the first of the file; a pressure of 0 is a failed sensor, so missing.
    """
    observed = pd.to_datetime(rows["Timestamp"])
    hours = rows.assign(time=observed).drop_duplicates("time").sort_values("time", ignore_index=True)
    hours = hours.rename(columns=NAMES)[["time", *NAMES.values()]]
    hours["pressure"] = hours["pressure"].where(hours["pressure"] != "0", "")
    hours["observed_at"] = hours["time"]
    later = hours[["time", "raining"]].rename(columns={"raining": "rains_later"})
    later["time"] = later["time"] - AHEAD
    return hours.merge(later, on="time", how="inner")
