"""A step sets a task, and waits for its outcome if it says so."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.process.effects import SetTask
from models.process.language import Process
from models.process.problem import Known
from models.process.simulation import run_scenarios
from tests.process.world import HEAD, NOON, Ivan, a_process

CHECK = """
check:
  task: {what: "Проверить {{ lead.first_name }}", due: 2h, assignee: anna, wait: true, timeout: 1d}
  if_cancelled: again
  if_timeout: human
  next: thanks
again: {end: again}
human: {end: human}
thanks: {end: thanks}
"""


def closes(ivan: Ivan, outcome: str, *, run: int = 1, step: str = "check") -> None:
    ivan.moves_on(ivan.event(f"task:{outcome}", step_key=f"{run}:{step}"))


def tasks(ivan: Ivan) -> list[SetTask]:
    return [effect for effect in ivan.effects if isinstance(effect, SetTask)]


def test_a_task_is_set_and_waited_for():
    ivan = Ivan(a_process(CHECK)).starts()
    assert tasks(ivan) == [
        SetTask(step="check", what="Проверить Иван", due_at=NOON + timedelta(hours=2),
                assignee="anna", awaited=True)
    ]  # fmt: skip
    assert (ivan.state.step, ivan.due_at) == ("check", NOON + timedelta(days=1))
    assert ivan.state.waiting is not None
    assert ivan.state.waiting.kind == "task"


def test_each_outcome_has_its_way():
    for outcome, end in (("done", "thanks"), ("cancelled", "again")):
        ivan = Ivan(a_process(CHECK)).starts()
        closes(ivan, outcome)
        assert ivan.state.outcome == end
    silent = Ivan(a_process(CHECK)).starts()
    silent.waits(days=1)
    assert silent.state.outcome == "human"


def test_a_task_of_another_run_or_step_ends_no_wait():
    ivan = Ivan(a_process(CHECK)).starts()
    closes(ivan, "done", run=2)
    closes(ivan, "done", step="elsewhere")
    ivan.writes("ну что?")
    assert ivan.state.step == "check"


def test_what_is_not_waited_for_takes_no_time_and_a_clock_is_the_next_such_time():
    steps = """
remind: {task: {what: Позвонить, due: "10:00", days: tue}, next: bye}
bye: {end: done}
"""
    ivan = Ivan(a_process(steps)).starts()
    [task] = tasks(ivan)
    tuesday = datetime(2026, 1, 13, 10, tzinfo=ZoneInfo("Europe/Moscow"))
    assert (task.due_at, task.awaited, task.assignee) == (tuesday, False, None)
    assert ivan.state.outcome == "done"


def test_what_was_closed_while_a_person_led_counts_at_this_step_and_nowhere_else():
    ivan = Ivan(a_process(CHECK)).starts()
    ivan.knows(mode="manual")
    closes(ivan, "done")
    assert ivan.state.step == "check"
    ivan.knows(mode="auto")
    ivan.is_placed("same", read=ivan.state.unread)
    assert (tasks(ivan), ivan.state.outcome) == ([], "thanks")


def test_an_outcome_of_an_earlier_visit_ends_no_later_one():
    steps = """
check: {task: {what: Позвонить, due: 1h, wait: true, timeout: 1h}, if_timeout: rest, next: bye}
rest: {wait: {duration: 1d}, next: check}
bye: {end: done}
"""
    ivan = Ivan(a_process(steps)).starts()
    ivan.waits(hours=1)
    assert ivan.state.step == "rest"
    closes(ivan, "done")
    ivan.waits(days=1)
    assert ivan.state.step == "check"
    assert len(tasks(ivan)) == 1


def test_a_scenario_tells_of_the_task():
    process = Process.from_yaml(
        f"""{HEAD}
start: check
steps:{CHECK.replace(chr(10), chr(10) + "  ")}
scenarios:
  - name: done
    events:
      - expect: {{task: "Проверить Иван", task_due: 2h, waits_for: task, waits: 1d}}
      - task: done
      - expect: {{ended: thanks}}
      - task: done
  - name: otherwise
    events:
      - expect: {{task_due: 3h, task: Позвонить}}
      - task: cancelled
      - expect: {{ended: again}}
"""
    )
    first, second = run_scenarios(process)
    assert [str(each.difference.code) for each in first.failures] == ["no_task"]
    assert [each.sentence() for each in second.failures] == [
        "after “the process starts”: expected task Позвонить, is Проверить Иван",
        "after “the process starts”: expected task_due 3h, is 2h",
    ]


def test_what_is_wrong_with_a_task_is_said():
    found = {}
    for name, change in {
        "fine": ("", ""),
        "unknown_user": ("assignee: anna", "assignee: nobody"),
        "task_without_wait": ("wait: true, ", ""),
        "no_timeout": (", timeout: 1d", ""),
        "empty_words": ("Проверить {{ lead.first_name }}", " "),
        "unknown_field": ("{{ lead.first_name }}", "{{ lead.frist_name }}"),
        "unknown_step": ("if_cancelled: again", "if_cancelled: nowhere_at_all"),
        "dead_end": ("  next: thanks\n", ""),
    }.items():
        process = a_process(CHECK.replace(*change) if name != "fine" else CHECK)
        problems = process.problems(Known(users=["anna"]))
        found[name] = {one.code for one in problems if one.severity == "error"}
    assert found.pop("fine") == set()
    for code, codes in found.items():
        assert code in codes
