"""Capture files: every shape of payload, and whatever else may lie in a bucket."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, cast

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mooring_monitor.profile.dataset_profile import DatasetProfile
from mooring_monitor.readers.batch import Skips
from mooring_monitor.readers.capture import read_capture
from mooring_monitor.readers.lines import read_lines
from mooring_monitor.readers.payload import Payload, PayloadError, rows_of
from mooring_monitor.readers.source import Source

Record = Callable[..., dict[str, Any]]
NAMES = ["a", "b", "c"]


def read(content: bytes, skips: Skips | None = None) -> list[dict[str, Any]]:
    """Rows of a capture file with that content, as dictionaries."""
    source = Source("f.jsonl", lambda: io.BytesIO(content))
    found: list[dict[str, Any]] = []
    for rows in read_capture(source, NAMES, skips or Skips(), set()):
        batch = rows.batch()
        columns = {name: values.to_pylist() for name, values in batch.columns.items()}
        found.extend({name: values[index] for name, values in columns.items()} for index in range(batch.rows))
    return found


def line(record: Any) -> bytes:
    return json.dumps(record).encode() + b"\n"


class TestPayloadsOfRequests:
    @pytest.mark.parametrize(
        ("data", "encoding"),
        [
            ("1,x,2.5", "CSV"),
            ('1,"x",2.5\r\n', "CSV"),
            (base64.b64encode(b"1,x,2.5").decode(), "BASE64"),
            (base64.b64encode(b'{"instances": [{"a": 1, "b": "x", "c": 2.5}]}').decode(), "BASE64"),
            ('{"instances": [{"a": 1, "b": "x", "c": 2.5}]}', "JSON"),
            ('{"instances": [[1, "x", 2.5]]}', "JSON"),
            ('{"instances": [{"features": [1, "x", 2.5]}]}', "JSON"),
            ('{"a": 1, "b": "x", "c": 2.5}', "JSON"),
            ('[1, "x", 2.5]', "JSON"),
        ],
    )
    def test_are_one_row_of_features(self, data: str, encoding: str, record: Record) -> None:
        assert read(line(record(data, encoding=encoding))) == [{"a": "1", "b": "x", "c": "2.5"}]

    @pytest.mark.parametrize(
        ("data", "encoding"),
        [
            ("1,x,\n2,y,3", "CSV"),
            ('{"instances": [{"a": 1, "b": "x", "c": null}, {"a": 2, "b": "y", "c": 3}]}', "JSON"),
            ('{"a": 1, "b": "x"}\n{"a": 2, "b": "y", "c": 3}', "JSON"),
        ],
    )
    def test_of_many_rows_are_split(self, data: str, encoding: str, record: Record) -> None:
        rows = read(line(record(data, encoding=encoding)))
        assert [(each["a"], each["b"], each["c"] or None) for each in rows] == [("1", "x", None), ("2", "y", "3")]

    def test_keep_columns_nobody_asked_for(self, record: Record) -> None:
        data = '{"instances": [{"a": 1, "b": "x", "c": 1, "new": true}, {"a": 2, "b": "y", "c": 2}]}'
        assert [each["new"] for each in read(line(record(data, encoding="JSON")))] == ["true", None]

    def test_without_a_column_leave_it_out_altogether(self, record: Record) -> None:
        assert read(line(record('{"instances": [{"a": 1, "b": "x"}]}', encoding="JSON"))) == [{"a": "1", "b": "x"}]

    def test_of_other_width_are_counted(self, record: Record) -> None:
        skips = Skips()
        assert read(line(record("1,x", answer=None)) + line(record("1,2,3", event="f")), skips) == [
            {"a": "1", "b": "2", "c": "3"}
        ]
        assert skips.counts == {"wrong number of values": 1}

    def test_in_mixed_encodings_cost_nothing(self) -> None:
        raw = (
            '{"captureData":{"endpointInput":{"data":"1,Köln,2","encoding":"CSV"}},"eventMetadata":{"eventId":"%d"}}\n'
        )
        content = (raw % 1).encode("utf-8") + (raw % 2).encode("latin-1")
        assert [each["b"] for each in read(content)] == ["Köln", "Köln"]


class TestRecordsThatCannotBeUsed:
    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b'{"captureData": {"endpointInput": {"data": "1,2', "invalid JSON line"),
            (b"[1, 2]\n", "not a capture record"),
            (b'{"hello": "world"}\n', "not a capture record"),
            (b'{"captureData": {}, "eventMetadata": {}}\n', "request: record without data"),
            (b"[" * 100_000 + b"\n", "invalid JSON line"),
            (b"\xff\xfe\x00\n", "invalid JSON line"),
        ],
    )
    def test_are_counted_by_reason(self, content: bytes, reason: str, record: Record) -> None:
        skips = Skips()
        assert len(read(line(record("1,2,3")) + content, skips)) == 1
        assert skips.counts == {reason: 1}
        assert skips.examples == {reason: "f.jsonl:2"}

    @pytest.mark.parametrize(
        ("data", "encoding", "reason"),
        [
            ("%%%", "BASE64", "request: invalid base64"),
            (base64.b64encode(b"\x93NUMPY\x00").decode(), "BASE64", "request: binary payload"),
            ("{", "JSON", "request: invalid JSON payload"),
            ("", "CSV", "request: empty payload"),
            ("1,2,3", "AVRO", "request: unknown encoding AVRO"),
        ],
    )
    def test_say_what_is_wrong_with_the_payload(self, data: str, encoding: str, reason: str, record: Record) -> None:
        skips = Skips()
        assert read(line(record(data, encoding=encoding)), skips) == []
        assert skips.counts == {reason: 1}

    def test_repeated_by_event_id_are_taken_once(self, record: Record) -> None:
        skips = Skips()
        assert len(read(line(record("1,2,3")) * 3, skips)) == 1
        assert skips.counts == {"repeated record": 2}

    def test_of_unreadable_answers_keep_their_request(self, record: Record) -> None:
        skips = Skips()
        broken = record("1,2,3")
        broken["captureData"]["endpointOutput"] = {"data": "%", "encoding": "BASE64"}
        assert len(read(line(broken), skips)) == 1
        assert (skips.total, skips.notes) == (0, {"answer: invalid base64": 1})

    def test_with_halves_of_characters_are_cleaned(self, record: Record) -> None:
        content = line(record('{"a": "\\ud800", "b": 1, "c": 2}', encoding="JSON"))
        assert read(content) == [{"a": "?", "b": "1", "c": "2"}]


class Endless(io.RawIOBase):
    """A stream of one line of many bytes, made as it is read."""

    def __init__(self, size: int, tail: bytes) -> None:
        self.left, self.tail, self.largest = size, tail, 0

    def readable(self) -> bool:
        return True

    def readline(self, size: int | None = -1) -> bytes:
        assert size is not None
        self.largest = max(self.largest, size)
        if self.left == 0:
            tail, self.tail = self.tail, b""
            return tail
        piece = min(size, self.left)
        self.left -= piece
        return b"x" * piece if self.left else b"x" * (piece - 1) + b"\n"


class TestLines:
    def test_of_a_gigabyte_are_passed_over_in_bounded_memory(self) -> None:
        skips, stream = Skips(), Endless(1 << 30, b"next\n")
        lines = list(read_lines(cast("IO[bytes]", stream), "f", skips, limit=1 << 20))
        assert lines == [(2, b"next\n")]
        assert skips.counts == {"line too long": 1}
        assert stream.largest <= (1 << 20) + 1

    def test_of_exactly_the_limit_are_read(self) -> None:
        skips = Skips()
        content = io.BytesIO(b"12345\n1234\n")
        assert [each for _, each in read_lines(content, "f", skips, limit=4)] == [b"1234\n"]
        assert skips.counts == {"line too long": 1}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
payloads = st.builds(
    lambda data, encoding, kind: {"data": data, "encoding": encoding, "observedContentType": kind},
    st.text(max_size=60)
    | json_values
    | json_values.map(lambda each: json.dumps(each))
    | st.binary(max_size=30).map(lambda each: base64.b64encode(each).decode()),
    st.sampled_from(["CSV", "JSON", "BASE64", "csv", ""]),
    st.sampled_from(["text/csv", "application/json", "", "application/x-npy"]),
)
records = st.builds(
    lambda request, answer, meta: {
        "captureData": {"endpointInput": request, "endpointOutput": answer},
        "eventMetadata": meta,
    },
    payloads | json_values,
    payloads | json_values,
    st.fixed_dictionaries(
        {"eventId": st.text(max_size=5)}, optional={"inferenceTime": st.text(max_size=25), "inferenceId": json_values}
    )
    | json_values,
)


class TestAnyFile:
    """Whatever bytes lie in a bucket: rows or counted skips, never an exception."""

    @settings(max_examples=300)
    @given(st.lists(records | json_values, max_size=5))
    @example(
        [{"captureData": {"endpointInput": {"data": "1,2,3", "encoding": "CSV"}}, "eventMetadata": {"eventId": ""}}]
    )
    def test_of_records_is_rows_and_skips(self, lines: list[Any]) -> None:
        self.check(b"".join(line(each) for each in lines))

    @settings(max_examples=200)
    @given(st.lists(st.binary(max_size=80), max_size=5), st.data())
    def test_of_bytes_is_rows_and_skips(self, lines: list[bytes], data: st.DataObject) -> None:
        good = line(
            {"captureData": {"endpointInput": {"data": "1,2,3", "encoding": "CSV"}}, "eventMetadata": {"eventId": "a"}}
        )
        cut = data.draw(st.integers(0, len(good)))
        self.check(b"\n".join([*lines, good[:cut], good]))

    @staticmethod
    def check(content: bytes) -> None:
        skips, profile = Skips(), DatasetProfile({"a": "integer", "b": "number", "c": "category"})
        source = Source("f.jsonl", lambda: io.BytesIO(content))
        for rows in read_capture(source, NAMES, skips, set()):
            profile.add(rows.batch())
        for column in profile.columns.values():
            assert column.rows == profile.rows
            assert column.integral + column.fractional + column.text == column.present

    @settings(max_examples=200)
    @given(payloads)
    def test_payloads_are_rows_or_a_reason(self, part: dict[str, Any]) -> None:
        try:
            rows = rows_of(Payload(part["data"], part["encoding"], part["observedContentType"]))
        except PayloadError:
            return
        assert rows
        for row in rows:
            cells = row.values() if isinstance(row, dict) else row
            assert all(each is None or isinstance(each, str) for each in cells)


def test_a_folder_that_holds_nothing_to_read_is_named(tmp_path: Path) -> None:
    from mooring_monitor.errors import InputError
    from mooring_monitor.readers.source import sources

    (tmp_path / "notes.md").write_text("x")
    with pytest.raises(InputError, match=r"nothing to read at .*; a file, or a folder with \.jsonl or \.json files"):
        sources([str(tmp_path)], "capture")
