"""Compares what LibreOffice sees in a workbook with the CSV export of the same records.

Usage: workbook.py EXPORTED.csv OPENED.fods, where the second is the workbook as LibreOffice saved it
"""

import csv
import sys
from collections import Counter
from decimal import Decimal
from xml.etree import ElementTree

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


def exported(path):
    """The records of the file, without the `'` that CSV needs in front of some texts."""
    with open(path, encoding="utf-8", newline="") as file:
        for record in csv.DictReader(file):
            yield {name: text.removeprefix("'") for name, text in record.items()}


def opened(path):
    """The records of the first sheet."""
    rows = ElementTree.parse(path).iter(f"{TABLE}table-row")
    names = list(cells(next(rows)))
    for row in rows:
        record = dict(zip(names, cells(row)))
        if record["id"]:
            yield record


def cells(row):
    """What the cells of a row hold: numbers and days by their value, not as they are shown."""
    for cell in row.iter(f"{TABLE}table-cell"):
        lines = ("".join(line.itertext()) for line in cell.iter(f"{TEXT}p"))
        shown = "\n".join(lines)
        match cell.get(f"{OFFICE}value-type"):
            case "float":
                value = Decimal(cell.get(f"{OFFICE}value"))
            case "date":
                value = cell.get(f"{OFFICE}date-value")
            case _:
                value = shown
        # Equal cells in a row stand there once; the empty ones behind the last column are thousands.
        yield from [value] * min(int(cell.get(f"{TABLE}number-columns-repeated", 1)), 20)


def sums(records):
    found = Counter()
    for record in records:
        found[record["kind"], record["currency"]] += record["amount"]
    return found


ours = [{**record, "amount": Decimal(record["amount"])} for record in exported(sys.argv[1])]
theirs = list(opened(sys.argv[2]))
assert ours and len(ours) == len(theirs), f"{len(ours)} records were exported, and {len(theirs)} opened."
for number, (one, other) in enumerate(zip(ours, theirs), start=1):
    assert isinstance(other["amount"], Decimal), f"The amount of record {number} is no number: {other['amount']!r}"
    for name, value in one.items():
        same = str(value) == str(other[name]) or value == other[name]
        assert same, f"The {name} of record {number} is {other[name]!r} instead of {value!r}."
assert sums(ours) == sums(theirs)
for (kind, currency), total in sorted(sums(theirs).items()):
    print(f"{kind} {currency} {total}")
