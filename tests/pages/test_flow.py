"""The picture of a process: every step once, nothing on top of another, jumps in lanes."""

from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from api.flow.lines import lay_out
from api.flow.picture import HEIGHT, LABEL_HEIGHT, WIDTH, Flow
from models.process.steps import Arrow

Graph = dict[str, tuple[Arrow, ...]]


def chain(*steps: str) -> Graph:
    return {
        step: (Arrow("next", steps[n + 1]),) if n + 1 < len(steps) else ()
        for n, step in enumerate(steps)
    }


def worded(graph: Graph) -> dict[tuple[str, str], int]:
    """Words on every arrow of a step that has several."""
    return {
        (step, arrow.via): 80
        for step, arrows in graph.items()
        if len(arrows) > 1
        for arrow in arrows
        if arrow.via != "jump"
    }


def drawn(graph: Graph, start: str = "s0") -> Flow:
    return lay_out(graph, start, worded(graph))


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    size = draw(st.integers(1, 14))
    steps = [f"s{n}" for n in range(size)]
    return {
        step: tuple(
            Arrow("jump" if jumps and not n else f"branch:{n}", to)
            for n, to in enumerate(draw(st.lists(st.sampled_from(steps), max_size=4)))
        )
        for step in steps
        for jumps in [draw(st.booleans())]
    }


def test_a_sequence_stands_one_below_another():
    flow = drawn(chain("s0", "s1", "s2"))

    assert [node.step for node in flow.nodes] == ["s0", "s1", "s2"]
    assert len({node.x for node in flow.nodes}) == 1
    assert all(below.y >= above.y + HEIGHT for above, below in pairwise(flow.nodes))
    assert not any(line.jump or line.tip for line in flow.lines)


def test_branches_stand_side_by_side_with_the_branching_step_above_their_middle():
    flow = drawn({"s0": (Arrow("branch:0", "a"), Arrow("otherwise", "b")), "a": (), "b": ()})
    at = {node.step: node for node in flow.nodes}

    assert at["a"].y == at["b"].y
    assert at["a"].x < at["b"].x
    assert at["s0"].x == (at["a"].x + at["b"].x) / 2
    assert [(label.via, label.x) for label in flow.labels] == [
        ("branch:0", at["a"].x + WIDTH / 2),
        ("otherwise", at["b"].x + WIDTH / 2),
    ]


def test_a_line_back_up_is_a_jump_with_a_tip_into_the_side_of_its_step():
    flow = drawn({**chain("s0", "s1"), "s1": (Arrow("jump", "s0"),)})
    back = next(line for line in flow.lines if line.via == "jump")
    target = next(node for node in flow.nodes if node.step == "s0")

    assert back.jump
    assert back.tip
    assert back.points[-1] == (target.x + WIDTH, target.y + HEIGHT / 2)


def test_lines_that_meet_again_are_no_jumps():
    flow = drawn({
        "s0": (Arrow("branch:0", "a"), Arrow("otherwise", "b")),
        "a": (Arrow("next", "end"),), "b": (Arrow("next", "end"),), "end": (),
    })  # fmt: skip
    at = {node.step: node for node in flow.nodes}

    assert at["end"].y > at["a"].y == at["b"].y
    assert not any(line.jump for line in flow.lines)
    assert {line.points[-1] for line in flow.lines if line.to == "end"} == {
        (at["end"].x + WIDTH / 2, at["end"].y)
    }


def test_a_step_that_nothing_leads_to_is_drawn_too():
    flow = drawn({**chain("s0", "s1"), "lonely": ()})

    assert {node.step for node in flow.nodes} == {"s0", "s1", "lonely"}


@given(graphs())
def test_every_step_and_every_arrow_is_drawn_once(graph: Graph):
    flow = drawn(graph)

    assert sorted(node.step for node in flow.nodes) == sorted(graph)
    assert sorted((line.step, line.via, line.to) for line in flow.lines) == sorted(
        (step, arrow.via, arrow.to) for step, arrows in graph.items() for arrow in arrows
    )
    assert {(label.step, label.via) for label in flow.labels} == set(worded(graph))


@given(graphs())
def test_nothing_stands_on_top_of_anything(graph: Graph):
    flow = drawn(graph)
    boxes = [(node.x, node.y, node.x + WIDTH, node.y + HEIGHT) for node in flow.nodes]
    labels = [
        (one.x - one.width / 2, one.y - LABEL_HEIGHT / 2,
         one.x + one.width / 2, one.y + LABEL_HEIGHT / 2)
        for one in flow.labels
    ]  # fmt: skip

    assert not [pair for pair in combinations(boxes + labels, 2) if overlap(*pair)]
    assert all(min(box[:2]) >= 0 for box in boxes + labels)
    assert all(box[2] <= flow.width and box[3] <= flow.height for box in boxes + labels)


@given(graphs())
def test_lines_run_straight_and_through_no_box(graph: Graph):
    flow = drawn(graph)

    for line in flow.lines:
        for (x0, y0), (x1, y1) in pairwise(line.points):
            assert x0 == x1 or y0 == y1
            piece = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
            for node in flow.nodes:
                box = (node.x + 1, node.y + 1, node.x + WIDTH - 1, node.y + HEIGHT - 1)
                assert not overlap(piece, box), (line, node)
        assert all(0 <= x <= flow.width and 0 <= y <= flow.height for x, y in line.points)


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
