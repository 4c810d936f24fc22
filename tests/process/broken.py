"""A good definition, and every way to break it in one place."""

from models.process.problem import Known
from models.process.reading import SIZE_LIMIT

MEGABYTE = 1 << 20
# Nothing is wrong with it; each case below breaks it in one place.
GOOD = """\
process: good
title: {ru: Хороший, en: Good}
languages: [ru, en]
time_zone: Europe/Moscow
working_hours: {days: mon-fri, from: "10:00", to: "20:00"}
fields:
  goal: {ru: Цель, en: Goal}
values:
  offer: {ru: счёт, en: an account}
start: greet
steps:
  greet:
    title: {ru: Привет, en: Hello}
    send:
      text: {ru: "Здравствуйте, {{ lead.first_name }}", en: "Hello, {{ lead.first_name }}"}
      media: [photo: media/a.png, video: media/b.mp4]
    next: ask
  ask:
    send:
      text: {ru: Идём, en: Go}
      buttons: [{id: yes, text: {ru: Да, en: Yes}}, {url: "{{ link }}", text: {ru: Вот, en: Here}}]
      typing: 3s
    next: answer
  answer:
    wait: {for: reply, quiet: 20s, timeout: 2h}
    if_timeout: again
    next: which
  again:
    jump: {to: hours, at_most: 2}
    otherwise: human
  hours:
    wait: {until: working_hours}
    next: ask
  which:
    branch:
      - {when: {reply: {button: yes}}, go: mark}
      - {when: {reply: {matches: "^да+$"}}, go: mark}
      - {when: {any: [{tag: vip}, {stage: new}, {visits: {step: ask, at_least: 2}}]}, go: mark}
      - {when: {all: [{field: fields.goal, says: дом}, {time: working_hours}]}, go: mark}
    otherwise: human
  mark:
    set: {stage: talking, tag: vip, owner: anna, fields: {goal: "{{ reply }}"}}
    next: sales
  sales:
    assign: {by: round_robin, team: Nova}
    if_nobody: human
    next: registration
  registration:
    wait: {event: registration, timeout: 1d}
    if_writes: human
    next: fin
  human:
    hand_over: {reason: {ru: Спросил, en: Asked}}
    next: note
  note:
    note: "Цель: {{ fields.goal }}"
    next: fin
  fin:
    end: done
scenarios:
  - name: молчит
    events:
      - wait: 2h
      - expect: {step: answer}
"""
KNOWN = Known(
    tags=frozenset({"vip"}),
    stages=("new", "talking"),
    users=frozenset({"anna"}),
    retired=frozenset({"холодный", "trial"}),
    renamed={"VIP": "vip"},
    teams=frozenset({"Nova"}),
    fields=frozenset({"city"}),
    media={"media/a.png": 1000, "media/b.mp4": 2000, "media/huge.png": 11 * MEGABYTE},
)
LOOP = "wait: {until: working_hours}\n    next: hours"
LONG = "слово " * 800

# code: what stands in GOOD, what breaks it, the step that is named
CASES: dict[str, list[tuple[str, str, str | None]]] = {
    "not_yaml": [("start: greet", "start: [greet", None), ("start: greet", "start: @greet", None)],
    "too_large": [("start: greet", "start: " + "x" * SIZE_LIMIT, None)],
    "not_a_mapping": [(GOOD, "- раз\n- два", None), (GOOD, "просто слова", None), (GOOD, "", None)],
    "no_aliases": [("start: greet", "start: &x greet\nprocess2: *x", None)],
    "twice": [("start: greet", "start: greet\nstart: ask", None)],
    "unknown_key": [
        ("typing: 3s", "typin: 3s", "ask"),
        ("timeout: 2h", "time_out: 2h", "answer"),
        ("send:\n      text: {ru: Идём", "sendd:\n      text: {ru: Идём", "ask"),
        ("languages:", "languagez: [ru]\nlanguages:", None),
        ("end: done", "end: done\n    nxt: fin", "fin"),
        ("{step: answer}", "{stepp: answer}", None),
        ("{tag: vip}, {stage", "{tagg: vip}, {stage", "which"),
    ],
    "unknown_key_alone": [("typing: 3s", "banana: 3s", "ask")],
    "missing_key": [
        ("otherwise: human\n  mark", "title: {}\n  mark", "which"),
        ("start: greet\n", "", None),
    ],
    "step_kind": [
        ("end: done", "title: {ru: Конец}", "fin"),
        ("end: done", "end: done\n    note: x", "fin"),
    ],
    "wait_kind": [("{until: working_hours}", "{until: working_hours, duration: 3d}", "hours")],
    "condition_kind": [("{stage: new}", "{stage: new, tag: vip}", "which")],
    "event_kind": [("- wait: 2h", "- wait: 2h\n        client: да", None)],
    "empty_condition": [
        ("{reply: {button: yes}}", "{reply: {}}", "which"),
        ("{field: fields.goal, says: дом}", "{field: fields.goal}", "which"),
        ("{step: ask, at_least: 2}", "{step: ask}", "which"),
    ],
    "bad_duration": [
        ("quiet: 20s", "quiet: 20", "answer"),
        ("quiet: 20s", "quiet: два часа", "answer"),
        ("quiet: 20s", "quiet: 0s", "answer"),
        ("timeout: 2h", "timeout: 400d", "answer"),
    ],
    "bad_time": [
        ('from: "10:00"', 'from: "25:00"', None),
        ('from: "10:00"', "from: 10", None),
        ("until: working_hours", 'until: "2026-01-01T10:00:00"', "hours"),
    ],
    "bad_days": [("days: mon-fri", "days: пн-пт", None), ("days: mon-fri", "days: [mon, x]", None)],
    "bad_id": [
        ("process: good", "process: Good One", None),
        ("end: done", "end: Всё хорошо", "fin"),
    ],
    "bad_zone": [("Europe/Moscow", "Europe/Mosow", None)],
    "bad_value": [
        ("typing: 3s", "media: photo", "ask"),
        ("at_most: 2", "at_most: много", "again"),
        ("{ru: Спросил, en: Asked}", "Спросил", "human"),
        ("stage: talking, tag", "line: 3, tag", "mark"),
    ],
    "nothing_to_send": [("text: {ru: Идём, en: Go}", "text: {}", "ask")],
    "button_does_nothing": [
        ("{id: yes, text", "{text", "ask"),
        ("{id: yes, text", "{id: yes, url: x, text", "ask"),
    ],
    "jump_without_limit": [("{to: hours, at_most: 2}", "{to: hours}", "again")],
    "dead_end": [
        ("next: answer", "title: {ru: И, en: I}", "ask"),
        ('note: "Цель: {{ fields.goal }}"\n    next: fin', "note: Цель", "note"),
    ],
    "unknown_step": [
        ("next: answer", "next: completely_other", "ask"),
        ("{step: ask, at_least: 2}", "{step: nowhere, at_least: 2}", "which"),
    ],
    "unknown_step_near": [
        ("next: answer", "next: anser", "ask"),
        ("start: greet", "start: greets", None),
    ],
    "unreachable": [("end: done", "end: done\n  lonely:\n    end: lonely", "lonely")],
    "cycle_without_wait": [
        ('note: "Цель: {{ fields.goal }}"\n    next: fin', "note: x\n    next: note", "note"),
        ("wait: {until: working_hours}\n    next: ask", LOOP, "hours"),
    ],
    "endless_reminder": [
        ("if_timeout: again", "if_timeout: ask", "ask"),
        ("jump: {to: hours, at_most: 2}\n    otherwise: human", "note: x\n    next: hours", "ask"),
    ],
    "reserved_step": [("  fin:\n", "  skip:\n    end: x\n  fin:\n", "skip")],
    "missing_language": [
        ("{ru: Идём, en: Go}", "{ru: Идём}", "ask"),
        ("{ru: Да, en: Yes}", "{ru: Да}", "ask"),
        ("{ru: Спросил, en: Asked}", "{ru: Спросил}", "human"),
        ("{ru: счёт, en: an account}", "{ru: счёт}", None),
        ("{ru: Привет, en: Hello}", "{ru: Привет}", "greet"),
    ],
    "extra_language": [("{ru: Идём, en: Go}", "{ru: Идём, en: Go, pt: Vai}", "ask")],
    "empty_words": [("{ru: Идём, en: Go}", '{ru: Идём, en: " "}', "ask")],
    "long_text": [("{ru: Идём, en: Go}", f"{{ru: {LONG}, en: Go}}", "ask")],
    "long_caption": [('ru: "Здравствуйте,', f'ru: "{LONG[:1200]}', "greet")],
    "long_button": [("{ru: Да, en: Yes}", f"{{ru: {LONG[:66]}, en: Yes}}", "ask")],
    "bad_macro": [
        ("{{ reply }}", "{{ reply.upper() }}", "mark"),
        ("{{ fields.goal }}", "{% if x %}", "note"),
        ("{{ link }}", "{{ link | join }}", "ask"),
    ],
    "unknown_field": [
        ("{{ reply }}", "{{ lead.name }}", "mark"),
        ("{{ fields.goal }}", "{{ fields.gole }}", "note"),
        ("field: fields.goal", "field: fields.gole", "which"),
        ("fields: {goal: ", "fields: {gole: ", "mark"),
    ],
    "bad_pattern": [("^да+$", "(да", "which")],
    "unknown_tag": [
        ("tag: vip, owner", "tag: vipp, owner", "mark"),
        ("{tag: vip}", "{tag: vipp}", "which"),
    ],
    "unknown_stage": [
        ("stage: talking", "stage: talks", "mark"),
        ("{stage: new}", "{stage: newer}", "which"),
    ],
    "retired_tag": [("tag: vip, owner", "tag: холодный, owner", "mark")],
    "renamed_tag": [("{tag: vip}", "{tag: VIP}", "which")],
    "retired_stage": [("stage: talking", "stage: trial", "mark")],
    "unknown_user": [
        ("owner: anna", "owner: hanna", "mark"),
        ("{by: round_robin, team: Nova}", "{to: hanna}", "sales"),
    ],
    "unknown_team": [("team: Nova", "team: Nowhere", "sales")],
    "media_missing": [("media/a.png", "media/c.png", "greet")],
    "media_too_big": [("media/a.png", "media/huge.png", "greet")],
    "media_outside": [
        ("media/a.png", "../a.png", "greet"),
        ("media/a.png", "/etc/passwd", "greet"),
    ],
    "mixed_album": [("video: media/b.mp4", "document: media/b.mp4", "greet")],
    "callback_too_long": [("{id: yes, text", "{id: " + "y" * 41 + ", text", "ask")],
    "unknown_button": [("{button: yes}", "{button: sure}", "which")],
    "buttons_without_text": [
        (
            'text: {ru: "Здравствуйте, {{ lead.first_name }}", en: "Hello, {{ lead.first_name }}"}',
            "buttons: [{id: b, text: {ru: Да, en: Yes}}]",
            "greet",
        )
    ],
    "no_working_hours": [
        ('working_hours: {days: mon-fri, from: "10:00", to: "20:00"}\n', "", "which"),
        ('working_hours: {days: mon-fri, from: "10:00", to: "20:00"}\n', "", "hours"),
    ],
    "never_writes": [("if_timeout: again", "if_timeout: again\n    if_writes: human", "answer")],
    "no_timeout": [("quiet: 20s, timeout: 2h", "quiet: 20s", "answer")],
    "task_without_wait": [
        (
            'note: "Цель: {{ fields.goal }}"\n    next: fin',
            "task: {what: Позвонить, due: 1h}\n    if_cancelled: fin\n    next: fin",
            "note",
        )
    ],
    "few_scenarios": [(GOOD[GOOD.index("scenarios:") :], "", None)],
}
