"""Tables as centres export them: delimiters, encodings, dates, numbers, errors row by row."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversation.errors import BadInput, DatasetInvalid, NotFound
from quality.kpi import (
    KpiData,
    KpiSettings,
    ReadingOptions,
    build_report,
    read_calls,
    read_costs,
    read_surveys,
    read_tickets,
)
from quality.kpi.cells import CellError, read_channel, read_number, read_seconds, read_yes_no
from quality.kpi.csv_file import CsvFile
from quality.kpi.local_times import LocalClock, local_seconds, settle

PARIS = ZoneInfo("Europe/Paris")
FRENCH = (
    "N° appel;Date heure;Décroché;Fin;Attente en ligne;Post-appel;File;Client\n"
    "A1;22/11/2026 14:05:06;22/11/2026 14:05:16;22/11/2026 14:08:16;12,5;00:00:30;Télé;c1\n"
    "A2;22/11/2026 14:10:00;;22/11/2026 14:10:03;;;Télé;c2\n"
)


def write(tmp_path, text, name="calls.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encodings_are_found(tmp_path, encoding):
    calls = read_calls(write(tmp_path, FRENCH, encoding=encoding))
    assert len(calls) == 2
    assert calls.names["queue"] == ("Télé",)
    assert calls.facts.columns["start"] == "Date heure"


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_delimiters_are_found(tmp_path, delimiter):
    header = delimiter.join(["id", "start", "answered", "ended"])
    row = delimiter.join(["1", "2026-11-22T10:00:00", "2026-11-22T10:00:05", "2026-11-22T10:01:05"])
    calls = read_calls(write(tmp_path, f"{header}\n{row}\n"))
    assert calls.ended_s[0] - calls.answered_s[0] == 60


def test_excel_s_line_with_the_delimiter_is_no_header(tmp_path):
    calls = read_calls(write(tmp_path, "sep=;\r\n" + FRENCH.replace("\n", "\r\n")))
    assert len(calls) == 2


def test_french_dates_decimal_commas_and_durations_are_read(tmp_path):
    calls = read_calls(write(tmp_path, FRENCH))
    assert calls.start_s[0] == datetime(2026, 11, 22, 13, 5, 6, tzinfo=UTC).timestamp()
    assert (calls.hold_s[0], calls.acw_s[0]) == (12.5, 30.0)
    assert calls.abandoned.tolist() == [0, 1]


def test_wrong_rows_are_left_out_and_told_with_their_line(tmp_path):
    text = FRENCH + "A3;31/02/2026 10:00:00;;;;;Télé;c3\nA4;22/11/2026 10:00;;;;dix;Télé;c4\n"
    calls = read_calls(write(tmp_path, text))
    assert (len(calls), calls.facts.rows, calls.facts.rejected) == (2, 4, 2)
    first, second = calls.facts.errors
    assert (first.line, first.column, first.got) == (4, "Date heure", "31/02/2026 10:00:00")
    assert (second.line, second.column, second.got) == (5, "Post-appel", "dix")
    assert "calls.csv, line 5, column 'Post-appel': got 'dix', expected seconds" in str(second)


def test_strict_reading_refuses_the_first_wrong_row(tmp_path):
    path = write(tmp_path, FRENCH + "A3;hier;;;;;;\n")
    with pytest.raises(DatasetInvalid, match="line 4, column 'Date heure': got 'hier'"):
        read_calls(path, ReadingOptions(strict=True))


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("2026-11-22T10:00:00,2026-11-22T09:59:00,2026-11-22T10:05:00,0,0", "answered"),
        ("2026-11-22T10:00:00,2026-11-22T10:00:10,2026-11-22T10:00:05,0,0", "ended"),
        ("2026-11-22T10:00:00,2026-11-22T10:00:10,2026-11-22T10:00:20,30,0", "hold_s"),
        ("2026-11-22T10:00:00,2026-11-22T10:00:10,2026-11-22T10:00:20,0,-4", "acw_s"),
        ("2026-11-22T10:00:00,2026-11-22T10:00:10,2026-11-25T10:00:20,0,0", "ended"),
        (",2026-11-22T10:00:10,2026-11-22T10:00:20,0,0", "start"),
    ],
)
def test_rows_that_contradict_themselves_are_left_out(tmp_path, row, column):
    good = "2026-11-22T10:00:00,2026-11-22T10:00:10,2026-11-22T10:00:20,0,0"
    path = write(tmp_path, f"start,answered,ended,hold_s,acw_s\n{good}\n{row}\n")
    facts = read_calls(path).facts
    assert (facts.used, facts.rejected_by_column) == (1, {column: 1})


def test_an_answered_call_cannot_be_abandoned(tmp_path):
    rows = "2026-11-22T10:00:00,2026-11-22T10:00:10,oui\n2026-11-22T10:00:00,,oui\n"
    facts = read_calls(write(tmp_path, "start,answered,abandonné\n" + rows)).facts
    assert (facts.used, facts.errors[0].column) == (1, "abandonné")


def test_an_identifier_counts_once_and_rows_without_one_all_count(tmp_path):
    rows = "".join(f"{name},2026-11-22T10:00:00\n" for name in ("a", "a", "b", "", ""))
    calls = read_calls(write(tmp_path, "id,start\n" + rows))
    assert (len(calls), calls.facts.duplicates) == (4, 1)


def test_columns_are_mapped_and_two_are_joined(tmp_path):
    path = write(tmp_path, "Jour;H;Qui\n22/11/2026;10:00:00;x\n")
    options = ReadingOptions(columns={"calls": {"start": ("Jour", "H"), "customer_key": "qui"}})
    calls = read_calls(path, options)
    assert calls.start_s[0] == datetime(2026, 11, 22, 9, tzinfo=UTC).timestamp()
    assert calls.names["customer_key"] == ("x",)


def test_a_date_and_an_hour_in_two_columns_are_joined_by_themselves(tmp_path):
    calls = read_calls(write(tmp_path, "Date;Heure;File\n22/11/2026;10:00:00;x\n"))
    assert calls.start_s[0] == datetime(2026, 11, 22, 9, tzinfo=UTC).timestamp()
    assert calls.facts.columns["start"] == "Date + Heure"


def test_a_header_that_is_not_there_is_told_with_those_that_are(tmp_path):
    path = write(tmp_path, FRENCH)
    with pytest.raises(DatasetInvalid, match=r"no column called 'Motif'.*Date heure"):
        read_calls(path, ReadingOptions(columns={"calls": {"reason": "Motif"}}))
    with pytest.raises(BadInput, match="'colour' is no field of calls"):
        read_calls(path, ReadingOptions(columns={"calls": {"colour": "File"}}))


def test_a_table_without_its_time_says_how_to_map_it(tmp_path):
    with pytest.raises(DatasetInvalid, match=r"no column for start.*--map calls.start=HEADER"):
        read_calls(write(tmp_path, "a;b\n1;2\n"))


def test_what_is_no_table_is_refused(tmp_path):
    with pytest.raises(NotFound):
        read_calls(tmp_path / "none.csv")
    with pytest.raises(DatasetInvalid, match="is empty"):
        read_calls(write(tmp_path, "\n\n"))
    workbook = tmp_path / "book.csv"
    workbook.write_bytes(b"PK\x03\x04rest")
    with pytest.raises(DatasetInvalid, match="workbook"):
        read_calls(workbook)
    with pytest.raises(DatasetInvalid, match="none of the 1 rows can be used"):
        read_calls(write(tmp_path, "start\nhier\n"))


def test_a_quotation_mark_that_is_not_closed_is_told(tmp_path):
    path = write(tmp_path, 'start,queue\n2026-11-22T10:00:00,"' + "x" * 1_200_000)
    with pytest.raises(DatasetInvalid, match="quotation mark"):
        read_calls(path)


def test_a_line_break_in_a_cell_does_not_shift_the_lines(tmp_path):
    path = write(tmp_path, 'start,queue\n2026-11-22T10:00:00,"a\nb"\nhier,c\n')
    calls = read_calls(path)
    assert (calls.names["queue"][0], calls.facts.errors[0].line) == ("a\nb", 4)


def test_months_first_is_found_where_only_that_can_be(tmp_path):
    american = write(tmp_path, "start\n11/22/2026 10:00\n03/04/2026 10:00\n")
    assert read_calls(american).start_s[1] == datetime(2026, 3, 4, 9, tzinfo=UTC).timestamp()
    doubtful = write(tmp_path, "start\n03/04/2026 10:00\n")
    assert read_calls(doubtful).start_s[0] == datetime(2026, 4, 3, 8, tzinfo=UTC).timestamp()


def test_durations_are_right_across_both_changes_of_the_clock(tmp_path):
    rows = (
        "2026-03-29T01:50:00,2026-03-29T01:55:00,2026-03-29T03:05:00\n"
        "2026-10-25T01:50:00,2026-10-25T01:55:00,2026-10-25T03:05:00\n"
        "2026-10-25T02:50:00,2026-10-25T02:55:00,2026-10-25T02:05:00\n"
    )
    calls = read_calls(write(tmp_path, "start,answered,ended\n" + rows))
    minutes = (calls.ended_s - calls.answered_s) / 60
    assert minutes.tolist() == [10.0, 130.0, 10.0]


def test_a_time_that_the_clock_skips_is_an_error(tmp_path):
    calls = read_calls(write(tmp_path, "start\n2026-03-29T02:30:00\n2026-03-29T03:30:00\n"))
    assert "the clock skips this one" in calls.facts.errors[0].expected


@given(st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_what_is_written_locally_means_the_same_instant(moment):
    moment = moment.replace(microsecond=0)
    local = moment.astimezone(PARIS)
    found = LocalClock(PARIS).read(f"{local:%d/%m/%Y %H:%M:%S}")
    assert moment.timestamp() in found
    assert LocalClock(PARIS).read(local.isoformat()) == (moment.timestamp(),)


@given(st.integers(1_700_000_000, 1_900_000_000))
def test_local_seconds_are_those_of_the_wall_clock(instant):
    import numpy as np

    local = datetime.fromtimestamp(instant, UTC).astimezone(PARIS).replace(tzinfo=UTC)
    assert local_seconds(np.array([float(instant)]), PARIS)[0] == local.timestamp()


@given(st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=2), min_size=1, max_size=3))
def test_settled_times_follow_one_another_wherever_they_can(times):
    import itertools

    given_times = [tuple(sorted(map(float, each))) for each in times]
    found = settle(given_times)
    possible = [
        chosen
        for chosen in itertools.product(*given_times)
        if all(a <= b for a, b in itertools.pairwise(chosen))
    ]
    if possible:
        assert found in possible
        assert found[-1] - found[0] == min(each[-1] - each[0] for each in possible)


@pytest.mark.parametrize(
    ("text", "value"),
    [("12,5", 12.5), ("1 234,50 €", 1234.5), ("1.234,5", 1234.5), ("1,234.5", 1234.5), ("-3", -3)],
)
def test_numbers_as_people_write_them(text, value):
    assert read_number(text) == value


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("1:30", 90),
        ("00:01:30", 90),
        ("1 min 30 s", 90),
        ("1h02", 3720),
        ("2 h", 7200),
        ("1 heure 5 minutes", 3900),
        ("01:00:00,5", 3600.5),
    ],
)
def test_durations_as_systems_write_them(text, seconds):
    assert read_seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "12:75", "-5", "abc", "1:2:3:4", "nan", "inf", "1e9", "1hx2"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(CellError):
        read_seconds(text)


def test_yes_and_channels_are_known_in_both_languages():
    assert [read_yes_no(text) for text in ("Oui", "no", "1", "FAUX")] == [True, False, True, False]
    assert [read_channel(t) for t in ("Téléphone", "E-mail", "WhatsApp", "magasin")] == [
        "phone", "email", "chat", "magasin",
    ]  # fmt: skip


def test_answers_outside_their_scale_are_left_out(tmp_path):
    path = write(tmp_path, "id_appel;csat;nps\na;5;10\nb;6;3\nc;;11\nd;4;\n")
    table = read_surveys(path, ReadingOptions())
    assert [each.call_id for each in table.rows] == ["a", "d"]
    assert [error.expected for error in table.facts.errors] == [
        "a whole number from 1 to 5", "a whole number from 0 to 10",
    ]  # fmt: skip


def test_a_survey_without_a_question_is_refused(tmp_path):
    with pytest.raises(DatasetInvalid, match="no column for csat, nps, ces or resolved"):
        read_surveys(write(tmp_path, "id_appel;couleur\na;bleu\n"), ReadingOptions())


@pytest.mark.parametrize("month", ["2026-11", "11/2026", "novembre 2026", "2026-11-01", "Nov 2026"])
def test_months_are_read_as_people_write_them(tmp_path, month):
    table = read_costs(write(tmp_path, f"mois;coût\n{month};1 200,50\n"), ReadingOptions())
    assert (table.rows[0].month, table.rows[0].amount) == ((2026, 11), 1200.5)


def test_a_ticket_due_on_a_day_is_due_at_its_end(tmp_path):
    text = "ouvert_le;échéance;clos_le\n20/11/2026 09:00;22/11/2026;22/11/2026 18:00\n"
    ticket = read_tickets(write(tmp_path, text), ReadingOptions()).rows[0]
    assert ticket.due_s == datetime(2026, 11, 22, 23, tzinfo=UTC).timestamp()


def test_undefined_bytes_of_windows_1252_do_not_stop_the_reading(tmp_path):
    path = tmp_path / "calls.csv"
    path.write_bytes("start,queue\n2026-11-22T10:00:00,é".encode("cp1252") + b"\x81\n")
    assert CsvFile(path).encoding == "cp1252"
    assert len(read_calls(path)) == 1


CELLS = st.one_of(
    st.sampled_from(
        "22/11/2026 14:05:06|2026-11-22T14:05|hier|-|oui|12,5|1:30|99:99|31/02/2026 10:00|é|=1+1"
        '|2026-10-25T02:30:00|2026-03-29T02:30:00|1e400|0|téléphone||"|;|9999-12-31T23:59'.split(
            "|"
        )
    ),
    st.text(max_size=8),
)


@settings(max_examples=60)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=8), max_size=6), st.sampled_from(";,\t"))
def test_no_table_ends_in_a_traceback(tmp_path_factory, rows, delimiter):
    path = tmp_path_factory.mktemp("fuzz") / "calls.csv"
    header = delimiter.join("id start answered ended hold_s acw_s channel abandoned".split())
    body = "\n".join(delimiter.join(row) for row in rows)
    path.write_text(f"{header}\n{body}\n", "utf-8", errors="replace")
    try:
        calls = read_calls(path)
    except DatasetInvalid:
        return
    report = build_report(KpiData(KpiSettings(), calls=calls))
    assert calls.facts.used + calls.facts.rejected + calls.facts.duplicates == calls.facts.rows
    assert all(each.value is None or math.isfinite(each.value) for each in report.figures)
