"""What callbacks answer, as finished JSON."""

import orjson
from dash import no_update

from dashboards.drawing import written


async def test_what_stays_as_it_is_is_left_out_of_an_answer_also_among_the_outputs_of_a_pattern():
    answer = await written(lambda: (no_update, ({"a": 1}, no_update), "said"))()
    assert answer[0] is no_update
    assert (bytes(orjson.dumps(answer[1][0])), answer[1][1]) == (b'{"a":1}', no_update)
    assert orjson.dumps(answer[2]) == b'"said"'
