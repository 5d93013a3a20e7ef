"""A user's session against a running server."""

import datetime
import os
import time
import uuid
from decimal import Decimal

from tallybook import (
    Client,
    CreateRecordInput,
    CreateRecordsInput,
    CreateRecordsItem,
    GraphQLClientGraphQLMultiError,
    LoginInput,
    OrderDirection,
    RecordFilter,
    RecordKind,
    RecordOrder,
    RecordOrderField,
    RecordRow,
    UpdateRecordInput,
)

ENDPOINT = os.environ["TALLYBOOK_URL"] + "/graphql"
MARKER = str(uuid.uuid4())
DAY = datetime.date(2026, 2, 28)
CATEGORY = "python"
AMOUNT = Decimal("90000000000.01")


def main() -> None:
    with Client(ENDPOINT) as nobody:
        token = sign_in(nobody)
    with Client(ENDPOINT, headers={"authorization": f"Bearer {token}"}) as client:
        before = enter_several(client)
        created = create(client)
        assert [row.id for row in page(client)[0]] == [created.id, *before[:4]]
        conflict(client, created)
    print("ariadne-codegen: all as expected.")


def sign_in(client: Client) -> str:
    credentials = LoginInput(email=os.environ["TALLYBOOK_EMAIL"], password=os.environ["TALLYBOOK_PASSWORD"])
    attempt = 0
    while True:
        attempt += 1
        try:
            # httpx gives up after five seconds, and sign-ins take turns.
            login = client.sign_in(credentials, timeout=30).login
        except GraphQLClientGraphQLMultiError as refused:
            wait = (refused.errors[0].extensions or {}).get("retryAfter")
            # The sixth of several programs that sign in at once with one account is told to wait.
            if not isinstance(wait, int) or attempt == 8:
                raise
            time.sleep(wait)
        else:
            assert login
            return login.access_token


def page(client: Client, after: str | None = None) -> tuple[list[RecordRow], str | None]:
    """The records of one page of five, and where the next one begins; None after the last one."""
    records = client.record_page(
        first=5,
        after=after,
        filter_=RecordFilter(search=MARKER),
        order_by=RecordOrder(field=RecordOrderField.CREATED_AT, direction=OrderDirection.DESC),
    ).records
    assert records
    assert records.page_info.has_previous_page == (after is not None)
    info = records.page_info
    return [edge.node for edge in records.edges], info.end_cursor if info.has_next_page else None


def enter_several(client: Client) -> list[str]:
    records = [
        CreateRecordsItem(
            kind=RecordKind.EXPENSE, amount=Decimal("12.30"), category=CATEGORY, date=DAY, notes=f"{index} {MARKER}"
        )
        for index in range(7)
    ]
    entered = client.enter_several(CreateRecordsInput(records=records)).create_records
    assert entered and entered.created_count == 7

    first, cursor = page(client)
    assert len(first) == 5 and cursor
    second, end = page(client, cursor)
    assert end is None
    ids = [row.id for row in first + second]
    assert len(set(ids)) == 7
    return ids


def create(client: Client) -> RecordRow:
    created = client.create_record(
        CreateRecordInput(
            kind=RecordKind.EXPENSE, amount=AMOUNT, currency="EUR", category=CATEGORY, date=DAY, notes=f"new {MARKER}"
        )
    ).create_record
    assert created
    record = created.record
    # Exact, as numbers of Python, whichever text they were on the wire.
    assert record.amount and record.amount.amount == AMOUNT and record.amount.minor_units == 9_000_000_000_001
    assert record.date == DAY
    assert record.created_at.utcoffset() == datetime.timedelta(0)
    return record


def conflict(client: Client, record: RecordRow) -> None:
    """A change that another one came before."""
    moved = DAY + datetime.timedelta(days=1)
    theirs = UpdateRecordInput(id=record.id, expected_version=record.version, date=moved)
    changed = client.update_record(theirs).update_record
    assert changed and changed.record.date == moved

    mine = UpdateRecordInput(id=record.id, expected_version=record.version, notes=f"mine {MARKER}")
    try:
        client.update_record(mine)
    except GraphQLClientGraphQLMultiError as refused:
        extensions = refused.errors[0].extensions
    else:
        raise AssertionError("a conflict was expected")
    assert extensions and extensions["code"] == "VERSION_CONFLICT"
    current = extensions["currentVersion"]
    assert isinstance(current, int) and current == record.version + 1

    again = client.update_record(mine.model_copy(update={"expected_version": current})).update_record
    assert again and again.record.version == record.version + 2
    assert again.record.date == moved and again.record.notes == f"mine {MARKER}"


main()
