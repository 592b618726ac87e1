"""Next baskets of Online Retail's customers on their last shopping day, lists of ten.

    python3 -m dev bench next_basket

Customers with three shopping days or more, products with five buyers or more among them. The
weights are found on the shopping day before the last; the last is seen once.
"""

import json
import time

from tests.bench.profile_bench import available, profile_data, row

from oneonone_crm.tools import next_basket_choice as choice  # isort: skip
from oneonone_crm.tools.next_basket import Weights, usual
from oneonone_crm.tools.next_basket_new import neighbours, new_for_you

REFERENCES = {"recall": (0.2097, "decay .95"), "ndcg": (0.3192, "UP-CF@r")}


def run():
    """Rows for `make bench`."""
    if not available("onlineretail_lines"):
        return
    held = choice.hold_out_last_day(profile_data.baskets())
    weights, _verdict = choice.tune(held.before)
    yield from _usual(held, weights)
    yield from _new(held, weights)


def _usual(held, weights: Weights):
    n = int((held.today >= 0).sum())
    start = time.perf_counter()
    ours = choice.recall_and_ndcg(usual(held.before, held.today, weights), held.test)
    seconds = time.perf_counter() - start
    start = time.perf_counter()
    plain = choice.judge(held, choice.PLAIN)
    for name, (value, reference) in REFERENCES.items():
        rule = "personal frequency + popularity"
        yield row(f"next_basket_{name}", ours[name], value, f"reference: {reference}", "@10", n)
        yield row(f"next_basket_{name}_rule", ours[name], plain[name], rule, "@10", n)
    yield row("next_basket_s", seconds, time.perf_counter() - start, rule, "s", n)


def _new(held, weights: Weights):
    """On products that the customer had never bought."""
    new = profile_data.new_to_them(held)
    near = neighbours(held.before, weights)
    ranked = new_for_you(held.before, near, held.today, weights)
    ours = choice.recall_and_ndcg(ranked, new)
    popular = choice.recall_and_ndcg(profile_data.popular_and_new(held), new)
    for name in REFERENCES:
        title, n = f"next_basket_new_{name}", len(set(new.customer.tolist()))
        yield row(title, ours[name], popular[name], "popularity", "@10", n)


if __name__ == "__main__":
    for result in run():
        print(json.dumps(result), flush=True)
