"""No call is made that the money left does not pay for, and none may have a longer answer than it pays for."""

import pytest
from workbench import NATIVE

from autogpt.core.action import Action
from autogpt.core.message import Profile, Rates, Reply, Usage
from autogpt.core.task import Limits

GOAL = "Write hello to a.txt"
A_MILLION_EACH = Rates(input_usd=1.0, output_usd=10.0)
PRICED = NATIVE.model_copy(update={"rates": A_MILLION_EACH, "step_tokens": 2_000})


def looks(cost: float) -> Reply:
    action = Action(id="c1", tool="list_files", args={})
    return Reply(actions=(action,), stopped="tool", usage=Usage(input_tokens=9, cost_usd=cost))


def test_a_call_that_costs_more_than_is_left_is_not_made_and_the_run_says_so(bench):
    done = bench.work(GOAL, [looks(0.099)], profile=PRICED, limits=Limits(cost_usd=0.1))
    assert (done.run.outcome, len(done.model.requests), done.run.usage.cost_usd) == ("capped", 1, 0.099)
    assert "(0.1 USD; the next call of the model would cost about 0.00" in done.run.summary
    assert "and 0.001 is left)" in done.run.summary


@pytest.mark.parametrize(("left", "shorter"), [(0.012, True), (0.1, False)])
def test_an_answer_may_be_as_long_as_the_money_left_pays_for(bench, left, shorter):
    done = bench.work(GOAL, [looks(0.0), "no"], profile=PRICED, limits=Limits(cost_usd=left, steps=1))
    (most,) = (request.max_tokens for request in done.model.requests)
    assert (256 <= most < 1_200) if shorter else (most == 2_000)


def test_of_a_model_whose_price_nobody_knows_no_call_is_refused(bench):
    unknown: Profile = PRICED.model_copy(update={"rates": None})
    done = bench.work(GOAL, [looks(0.0)], profile=unknown, limits=Limits(cost_usd=1e-9, steps=1))
    assert [request.max_tokens for request in done.model.requests] == [2_000]
