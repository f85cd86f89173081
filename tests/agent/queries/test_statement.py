"""What is put right in queries of small models, by what comes of asking them."""

import sqlite3

import pytest

from autogpt.agent.queries.relations import Column, Relation
from autogpt.agent.queries.statement import put_right

SHOP = Relation(
    {"name": "orders", "path": "orders.csv", "kind": "csv"},
    (
        Column("Customer", "TEXT", ("Ida", "Bo", "Zoe")),
        Column("state", "TEXT", ("open", "paid")),
        Column("amount", "INTEGER", ("5", "3", "7")),
    ),
    "",
)
PEOPLE = Relation(
    {"name": "people", "path": "people.csv", "kind": "csv"},
    (Column("name", "TEXT", ("Zoe", "Bo", "Ida")), Column("town", "TEXT", ("Bern", "Linz"))),
    "",
)
ROWS = [("Zoe", "paid", 5), ("Bo", "open", 3), ("Ida", None, 7), ("Bo", "paid", 5)]


def asked(query: str) -> tuple[list[str], list[tuple]]:
    base = sqlite3.connect(":memory:")
    base.execute("create table orders (Customer text, state text, amount integer)")
    base.executemany("insert into orders values (?, ?, ?)", ROWS)
    base.execute("create table people (name text, town text)")
    base.executemany("insert into people values (?, ?)", [("Ida", "Bern"), ("Bo", "Linz"), ("Zoe", "Bern")])
    cursor = base.execute(query)
    return [one[0] for one in cursor.description], cursor.fetchall()


def right(query: str, goal: str, *wanted: str) -> tuple[list[str], list[tuple]]:
    found = put_right(query, goal, (SHOP, PEOPLE), wanted)
    assert found is not None
    return asked(found.query)


def one(query: str, goal: str, *wanted: str) -> tuple[list[str], list[tuple]]:
    found = put_right(query, goal, (SHOP,), wanted)
    assert found is not None
    return asked(found.query)


def test_names_that_the_model_made_up_are_left_out_and_those_of_the_goal_stay():
    head, _ = right(
        'SELECT customer AS "Customer Name", amount AS total FROM orders', "customer and total of each order"
    )
    assert head == ["Customer", "total"]


def test_a_name_that_was_left_out_is_also_sorted_by_no_more():
    head, rows = right("SELECT Customer AS who, amount FROM orders ORDER BY who", "orders sorted by customer")
    assert head == ["Customer", "amount"]
    assert [row[0] for row in rows] == ["Bo", "Bo", "Ida", "Zoe"]


def test_columns_that_the_goal_lists_are_called_so_and_stand_so():
    query = "SELECT SUM(amount) AS total, Customer FROM orders GROUP BY Customer ORDER BY total DESC"
    assert right(query, "the sums", "customer", "total")[0] == ["customer", "total"]
    head, rows = right(
        "SELECT Customer, SUM(amount) AS s FROM orders GROUP BY 1 ORDER BY s DESC", "most first", "who", "sum"
    )
    assert (head, [row[1] for row in rows]) == (["who", "sum"], [8, 7, 5])


@pytest.mark.parametrize(
    ("goal", "names"),
    [
        ("The names in the order of the table.", ["Zoe", "Bo", "Ida", "Bo"]),
        ("请列出姓名，顺序与原表相同。", ["Zoe", "Bo", "Ida", "Bo"]),
        ("The names.", ["Zoe", "Bo", "Ida", "Bo"]),
        ("The names from A to Z.", ["Bo", "Bo", "Ida", "Zoe"]),
        ("按姓名排序。", ["Bo", "Bo", "Ida", "Zoe"]),
    ],
)
def test_rows_are_sorted_only_where_the_goal_sorts(goal, names):
    assert [row[0] for row in one("SELECT Customer FROM orders ORDER BY Customer", goal)[1]] == names


def test_equal_rows_stay_as_they_stand_in_the_file():
    query = "SELECT Customer, amount FROM orders ORDER BY amount DESC"
    assert one(query, "the highest amount first")[1] == [("Ida", 7), ("Zoe", 5), ("Bo", 5), ("Bo", 3)]


def test_joined_rows_stand_as_in_the_file_that_the_goal_names():
    query = "SELECT people.name, orders.amount FROM people JOIN orders ON people.name = orders.Customer"
    goal = "Name and amount of each, in the order of orders.csv."
    assert [row[0] for row in right(query, goal)[1]] == ["Zoe", "Bo", "Ida", "Bo"]


def test_groups_stand_in_the_order_in_which_they_come_first():
    query = "SELECT Customer, COUNT(*) AS orders FROM orders GROUP BY Customer"
    assert one(query, "How many orders has each customer?")[1] == [("Zoe", 1), ("Bo", 2), ("Ida", 1)]


@pytest.mark.parametrize("goal", ["Each customer once.", "Every customer only once, please.", "客户名单，去重。"])
def test_each_once_as_they_come(goal):
    assert one("SELECT Customer FROM orders", goal)[1] == [("Zoe",), ("Bo",), ("Ida",)]


def test_one_row_for_each_is_not_limited_to_one():
    query = "SELECT Customer, SUM(amount) AS s FROM orders GROUP BY Customer ORDER BY s DESC LIMIT 1"
    assert len(one(query, "The sum for each customer, the biggest at the top.")[1]) == 3
    assert len(one(query, "The customer with the highest sum.")[1]) == 1
    most = "The two customers who spent the most over all their orders, one row for each."
    assert len(one(query.replace("LIMIT 1", "LIMIT 2"), most)[1]) == 2
    assert len(one(query.replace("LIMIT 1", "LIMIT 2"), "Of all customers the top 2 by their sums.")[1]) == 2


def test_a_column_that_is_added_stands_beside_all_others():
    query = "SELECT Customer, amount * 2 AS double FROM orders"
    assert one(query, "Add a column double, twice the amount.")[0] == ["Customer", "state", "amount", "double"]
    first = "SELECT ROW_NUMBER() OVER () AS no, Customer FROM orders"
    assert one(first, "Number the rows: a new first column no.")[0] == ["no", "Customer", "state", "amount"]


def test_a_column_that_is_changed_takes_its_own_place():
    head, rows = one("SELECT UPPER(state) AS state FROM orders", "state in capitals, everything else unchanged")
    assert (head, rows[0]) == (["Customer", "state", "amount"], ("Zoe", "PAID", 5))


def test_no_column_is_added_to_what_is_merely_spoken_of():
    assert one("SELECT Customer FROM orders", "orders.csv has a column state: list the customers.")[0] == ["Customer"]


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ("state = 'Open'", ["Bo"]),
        ("state = ''", ["Ida"]),
        ("state != ''", ["Zoe", "Bo", "Bo"]),
        ("state != 'paid'", ["Bo", "Ida"]),
        ("state <> 'PAID'", ["Bo", "Ida"]),
    ],
)
def test_texts_are_compared_as_they_stand_in_the_file_and_empty_ones_are_texts(condition, names):
    assert [row[0] for row in one(f"SELECT Customer FROM orders WHERE {condition}", "the customers")[1]] == names


def test_whole_numbers_are_divided_into_fractions():
    assert one("SELECT SUM(amount) / COUNT(*) FROM orders", "the average")[1] == [(5.0,)]
    assert one("SELECT 100 * amount / 8 FROM orders WHERE amount = 3", "percent")[1] == [(37.5,)]


def test_a_sum_beside_a_column_is_that_of_a_group():
    query = "SELECT customer, SUM(amount) AS total FROM orders"
    assert one(query, "the total of each customer")[1] == [("Zoe", 5), ("Bo", 8), ("Ida", 7)]


def test_a_sum_within_a_calculation_is_the_total():
    query = "SELECT customer, 100 * amount / SUM(amount) AS share FROM orders WHERE state = 'paid'"
    assert one(query, "the share of each order")[1] == [("Zoe", 50.0), ("Bo", 50.0)]


@pytest.mark.parametrize("query", ["SUM(amount)", "SUM(amount) OVER (ORDER BY rowid)"])
def test_a_sum_up_to_each_row_where_the_goal_adds_up(query):
    goal = "the same table with the running total of amount"
    assert one(f"SELECT customer, {query} AS total FROM orders", goal)[1] == [
        ("Zoe", 5), ("Bo", 8), ("Ida", 15), ("Bo", 20),
    ]  # fmt: skip


def test_the_most_of_all_is_the_most_of_each_where_the_goal_says_so():
    query = "SELECT customer, amount FROM orders WHERE amount = (SELECT MAX(amount) FROM orders)"
    assert one(query, "the largest order")[1] == [("Ida", 7)]
    assert one(query, "the largest order of each customer")[1] == [("Zoe", 5), ("Ida", 7), ("Bo", 5)]
    named = query.replace("customer, amount FROM orders", "o.customer, o.amount FROM orders AS o", 1)
    assert one(named, "the largest order of each customer")[1] == [("Zoe", 5), ("Ida", 7), ("Bo", 5)]
    assert one(query, "of the orders of each customer, list the largest of all")[1] == [("Ida", 7)]


def test_what_is_not_in_another_list_keeps_its_order():
    query = "SELECT Customer FROM orders EXCEPT SELECT name FROM people WHERE town = 'Linz'"
    assert right(query, "who is not")[1] == [("Zoe",), ("Ida",)]


@pytest.mark.parametrize("query", ["DROP TABLE orders", "SELEC x", "", "SELECT " + "(" * 5_000, "ATTACH 'x' AS y"])
def test_what_is_no_query_is_not_put_right(query):
    assert put_right(query, "the sums", (SHOP,)) is None


@pytest.mark.parametrize(
    ("query", "taken"),
    [
        ("SELECT customer, amount * 2 FROM orders", ("customer", None)),
        ("SELECT * FROM orders", ()),
        ("SELECT amount AS total FROM orders", ("amount",)),
        ("SELECT 'x' AS a UNION ALL SELECT Customer FROM orders", (None,)),
    ],
)
def test_which_columns_are_taken_as_they_are(query, taken):
    found = put_right(query, "total", (SHOP,))
    assert found is not None
    assert found.columns == taken
