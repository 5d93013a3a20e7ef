"""What every answer has to be, whatever was asked: no failure of the server's, and what the schema promises.

Schemathesis' own check counts refusals of bad input as failures; here they are right, so long as they have one of the published codes.
"""

import os

import graphql
import schemathesis
from hypothesis import strategies as st
from schemathesis.graphql import nodes

OUR_FAULT = {"INTERNAL_SERVER_ERROR", "UNAVAILABLE"}

schemathesis.graphql.scalar(
    "Decimal",
    st.one_of(
        st.decimals(min_value=-1000, max_value=10**9, places=2).map(str),
        st.text(max_size=30),
    ).map(nodes.String),
)
# Most of what is made up should get past the reading of its input.
schemathesis.graphql.scalar("ID", st.sampled_from(["", "42", *os.environ["TALLYBOOK_IDS"].split()]).map(nodes.String))
schemathesis.graphql.scalar("Int", st.sampled_from([1, 2, 0, 3, 10, 100, -1, 101, 2**31 - 1, -(2**31)]).map(nodes.Int))
schemathesis.graphql.scalar("BigInt", st.integers().map(str).map(nodes.String))
schemathesis.graphql.scalar(
    "CurrencyCode", st.sampled_from(["USD", "EUR", "JPY", "BHD", "usd", "XXX", ""]).map(nodes.String)
)
schemathesis.graphql.scalar(
    "Date", st.one_of(st.dates().map(str), st.sampled_from(["2026-02-30", "", "0000-00-00"])).map(nodes.String)
)


@schemathesis.check
def answered_as_published(ctx, response, case):
    assert response.status_code < 500, f"status {response.status_code}"
    answer = response.json()
    schema = case.operation.schema.client_schema
    codes = set(schema.type_map["ErrorCode"].values)
    for error in answer.get("errors", []):
        code = error.get("extensions", {}).get("code")
        assert code in codes, f"not a published code: {error}"
        assert code not in OUR_FAULT, f"a failure of the server: {error}"
    if answer.get("data") is not None:
        document = graphql.parse(case.body)
        operation = next(it for it in document.definitions if isinstance(it, graphql.OperationDefinitionNode))
        fragments = {it.name.value: it for it in document.definitions if isinstance(it, graphql.FragmentDefinitionNode)}
        conform(schema, fragments, schema.get_root_type(operation.operation), [operation.selection_set], answer["data"])


def conform(schema, fragments, given, selections, value):
    """Asserts that `value` is one of the type `given`, with what is selected of it."""
    if isinstance(given, graphql.GraphQLNonNull):
        assert value is not None, f"null for {given}"
        conform(schema, fragments, given.of_type, selections, value)
    elif value is None:
        return
    elif isinstance(given, graphql.GraphQLList):
        assert isinstance(value, list), f"{value!r} for {given}"
        for item in value:
            conform(schema, fragments, given.of_type, selections, item)
    elif graphql.is_composite_type(given):
        if graphql.is_abstract_type(given):
            if "__typename" not in value:
                return
            given = schema.type_map[value["__typename"]]
        expected = {}
        for selection in selections:
            collect(schema, fragments, given, selection, expected)
        assert set(value) == set(expected), f"{sorted(value)} for {sorted(expected)} of {given}"
        for name, (field, inside) in expected.items():
            conform(schema, fragments, field, inside, value[name])
    elif graphql.is_enum_type(given):
        assert value in given.values, f"{value!r} for {given}"


def collect(schema, fragments, given, selection_set, fields):
    """Adds to `fields`, by their names in the answer, the types and selections of what is selected of `given`."""
    for selection in selection_set.selections:
        if isinstance(selection, graphql.FieldNode):
            name = selection.name.value
            key = selection.alias.value if selection.alias else name
            field = graphql.GraphQLNonNull(graphql.GraphQLString) if name == "__typename" else given.fields[name].type
            inside = fields.setdefault(key, (field, []))[1]
            if selection.selection_set:
                inside.append(selection.selection_set)
            continue
        if isinstance(selection, graphql.FragmentSpreadNode):
            selection = fragments[selection.name.value]
        condition = selection.type_condition
        if condition is None or applies(schema, given, schema.type_map[condition.name.value]):
            collect(schema, fragments, given, selection.selection_set, fields)


def applies(schema, given, condition):
    return given is condition or (graphql.is_abstract_type(condition) and schema.is_sub_type(condition, given))
