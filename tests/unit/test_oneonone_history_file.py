"""Reading a purchase-history file: what is taken, what is rejected, what is refused."""

import csv
import gzip
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oneonone_crm.tools import history_file, history_survey
from oneonone_crm.tools.history_survey import HistoryFileError
from oneonone_crm.tools.rejected_file import RejectedWriter, safe_cell

HEADER = "customer_id,date,order_id,product,quantity,amount\n"
GOOD = "C1,2024-03-05 14:30,SO1,CHAIR,2,39.80\n"
TODAY = date(2026, 1, 1)


def read(text, encoding="utf-8"):
    data = text if isinstance(text, bytes) else text.encode(encoding)
    found = history_survey.survey(data)
    return list(history_file.read_lines(data, found.encoding, TODAY))


def reasons(*lines):
    return [line.reason for line in read(HEADER + "".join(f"{line}\n" for line in lines))]


class TestWholeFile:
    def test_a_good_line(self):
        [line] = read(HEADER + GOOD)
        assert line.number == 2
        assert line.values == ("C1", "2024-03-05 14:30:00", "SO1", "CHAIR", 2.0, 39.8, "", "", "")

    def test_gzip_is_told_by_its_content(self):
        assert read(gzip.compress((HEADER + GOOD).encode()))[0].values

    @pytest.mark.parametrize("missing", [1, 8, 30])
    def test_cut_gzip_is_refused(self, missing):
        data = gzip.compress((HEADER + GOOD * 100).encode())[:-missing]
        with pytest.raises(HistoryFileError, match="truncated"):
            history_survey.survey(data)

    def test_damaged_gzip_is_refused(self):
        data = bytearray(gzip.compress((HEADER + GOOD * 100).encode()))
        data[-6] ^= 0xFF
        with pytest.raises(HistoryFileError) as caught:
            history_survey.survey(bytes(data))
        assert caught.value.code == "damaged"

    @pytest.mark.parametrize("data", [b"", gzip.compress(b"")])
    def test_empty_file_is_refused(self, data):
        with pytest.raises(HistoryFileError, match="empty"):
            history_survey.survey(data)

    @pytest.mark.parametrize(
        "header",
        [
            "customer,date,order_id,product,quantity,amount",
            "customer_id;date;order_id;product;quantity;amount",
            HEADER.strip() + ",amount",
            HEADER.strip() + ",contry",
            '"customer_id',
            GOOD.strip(),
        ],
    )
    def test_wrong_header_is_refused(self, header):
        with pytest.raises(HistoryFileError, match="header"):
            read(f"{header}\n{GOOD}")

    def test_columns_in_any_order(self):
        [line] = read(
            "amount,quantity,product,order_id,date,customer_id,country\n1,2,P,O,2024-1-2,C,中国\n"
        )
        assert line.values[:7] == ("C", "2024-01-02 00:00:00", "O", "P", 2.0, 1.0, "中国")

    def test_utf8_with_byte_order_mark(self):
        assert read(HEADER + GOOD, "utf-8-sig")[0].values

    def test_gb18030_is_recognised(self):
        text = HEADER + GOOD.replace("C1", "上海贸易有限公司") + GOOD.replace("CHAIR", "木椅")
        assert read(text, "gb18030")[0].values.customer == "上海贸易有限公司"

    @pytest.mark.parametrize(
        ("text", "encoding"),
        [
            (GOOD.replace("C1", "Müller Söhne"), "latin-1"),
            (GOOD.replace("C1", "Café"), "cp1252"),
            (GOOD.replace("C1", "Москва"), "cp1251"),
            (HEADER + GOOD, "utf-16"),
        ],
    )
    def test_other_encodings_are_refused(self, text, encoding):
        with pytest.raises(HistoryFileError, match="encoding"):
            read((HEADER + text).encode(encoding))

    def test_the_line_at_fault_is_told(self):
        data = (HEADER + GOOD * 3).encode() + b"\xff\xfe,\n"
        with pytest.raises(HistoryFileError) as caught:
            history_survey.survey(data)
        assert caught.value.values["line"] == 5

    def test_missing_end_of_the_last_line_is_noticed(self):
        assert not history_survey.survey((HEADER + GOOD).encode()[:-1]).ends_with_newline
        assert [line.reason for line in read(HEADER + GOOD + "C1,2024-03")] == ["", "columns"]


class TestLines:
    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            (",2024-03-05,SO1,CHAIR,2,39.8", "no_customer"),
            ("C1,2024-03-05,,CHAIR,2,39.8", "no_order"),
            ("C1,2024-03-05,SO1,  ,2,39.8", "no_product"),
            ("C1,2024-03-05,SO1,CHAIR,2", "columns"),
            ("C1,2024-03-05,SO1,CHAIR,2,39.8,DE", "columns"),
            ('C1,2024-03-05,SO1,"CHAIR,2,39.8', "quote"),
            ("C1,2023-02-29,SO1,CHAIR,2,39.8", "date"),
            ("C1,05.03.2024,SO1,CHAIR,2,39.8", "date"),
            ("C1,0000-00-00,SO1,CHAIR,2,39.8", "date"),
            ("C1,2024-03-05 24:00,SO1,CHAIR,2,39.8", "date"),
            ("C1,2999-01-01,SO1,CHAIR,2,39.8", "date_future"),
            ("C1,2024-03-05,SO1,CHAIR,two,39.8", "quantity"),
            ("C1,2024-03-05,SO1,CHAIR,nan,39.8", "quantity"),
            ("C1,2024-03-05,SO1,CHAIR,２,39.8", "quantity"),
            ("C1,2024-03-05,SO1,CHAIR,2,inf", "amount"),
            ("C1,2024-03-05,SO1,CHAIR,2,1_000", "amount"),
            ("C1,2024-03-05,SO1,CHAIR,2,1e999", "range"),
            ("C1,2024-03-05,SO1,CHAIR,1000000000000,1", "range"),
            ("C1,2024-03-05,SO1,CH\x00AIR,2,39.8", "control"),
            (f"{'C' * 300},2024-03-05,SO1,CHAIR,2,39.8", "too_long"),
            ("C" * 70_000, "too_long"),
        ],
        ids=lambda value: value[:40],
    )
    def test_rejected_with_a_reason_and_the_next_line_is_taken(self, line, reason):
        assert reasons(line, GOOD.strip()) == [reason, ""]

    def test_line_numbers_are_those_of_an_editor(self):
        lines = read(HEADER + "\n" + GOOD + "C" * 40_000 + "\r\n" + GOOD)
        assert [line.number for line in lines] == [3, 4, 5]

    def test_a_quoted_comma(self):
        [line] = read(HEADER + 'C1,2024-03-05,SO1,"CHAIR, OAK ""big""",2,39.8\n')
        assert line.values.product == 'CHAIR, OAK "big"'

    def test_every_reason_is_documented(self):
        assert {"no_customer", "quote", "control", "range"} <= set(history_file.REASONS)

    @given(st.text(), st.text())
    def test_any_text_gives_values_or_a_known_reason(self, one, two):
        data = f"{HEADER}{one},{two}\n{GOOD}{two}".encode("utf-8", "replace")
        found = history_survey.survey(data)
        for line in history_file.read_lines(data, found.encoding, TODAY):
            assert (line.values is None) == (line.reason in history_file.REASONS)

    @given(st.binary())
    def test_any_bytes_are_read_or_refused(self, data):
        try:
            found = history_survey.survey(data)
            list(history_file.read_lines(data, found.encoding, TODAY))
        except HistoryFileError as error:
            assert error.code in {"empty", "header", "truncated", "damaged", "encoding"}

    @given(st.dates(min_value=date(1900, 1, 1)))
    def test_every_real_date_is_read(self, day):
        assert history_file.parse_date(day.isoformat()) == f"{day} 00:00:00"

    @given(st.text(max_size=20))
    def test_a_date_is_read_or_none(self, text):
        parsed = history_file.parse_date(text)
        assert parsed is None or len(parsed) == 19


class TestRejectedFile:
    def write(self, *lines):
        stream = io.StringIO()
        header = HEADER.strip().split(",")
        writer = RejectedWriter(stream, header, lambda reason: f"because {reason}")
        for line in read(HEADER + "".join(f"{line}\n" for line in lines)):
            if line.values is None:
                writer.add(line)
        return stream.getvalue()

    def test_line_reason_and_cells(self):
        rows = list(csv.reader(io.StringIO(self.write(",2024-03-05,SO1,P,-2,-3"))))
        assert rows[0][:4] == ["line", "reason", "message", "customer_id"]
        cells = ["2", "no_customer", "because no_customer", "", "2024-03-05", "SO1", "P"]
        assert rows[1] == [*cells, "-2", "-3"]

    def test_a_corrected_file_is_imported_as_it_is(self):
        text = self.write(",2024-03-05,SO1,P,-2,-3").replace("no_customer,,", "no_customer,C9,")
        [line] = read(text)
        assert line.values.customer == "C9"

    @given(st.text(max_size=30))
    def test_no_cell_is_a_formula(self, text):
        cell = safe_cell(text).lstrip(" ")
        assert not cell.startswith(("=", "@", "\t", "\r"))
        if cell.startswith(("+", "-")):
            assert set(cell) <= set("+-0123456789.eE")

    def test_formulas_are_defused(self):
        assert "'=cmd" in self.write("=cmd|'/c calc',x,SO1,P,1,2")
