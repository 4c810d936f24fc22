"""The processes that the measures lead clients through."""

# A reply is read, decided upon and answered, and the next one is waited for.
TALK = """
process: talk
title: {ru: Разговор}
languages: [ru]
start: ask
steps:
  ask:
    wait: {for: reply, timeout: 2d}
    next: read
  read:
    branch:
      - when: {reply: {contains: да}}
        go: agreed
    otherwise: refused
  agreed:
    send: {text: {ru: "Отлично, {{ lead.first_name }}! Продолжаем."}}
    next: ask
  refused:
    send: {text: {ru: "Жаль. Может быть, позже?"}}
    next: ask
scenarios:
  - name: agrees
    events:
      - client: /start
      - client: да
      - expect: {says: "Отлично"}
"""

# Every reply leads to another wait, as a real process does.
STROLL = """
process: stroll
title: {ru: Шаг за шагом}
languages: [ru]
start: first
steps:
  first:
    wait: {for: reply, timeout: 2d}
    next: speak_first
  speak_first:
    send: {text: {ru: "Первый шаг сделан."}}
    next: second
  second:
    wait: {for: reply, timeout: 2d}
    next: speak_second
  speak_second:
    send: {text: {ru: "И второй."}}
    next: first
scenarios:
  - name: walks
    events:
      - client: /start
      - client: да
      - expect: {step: second}
"""


def changing(key: str, *, one_way: str, back: str) -> str:
    """“да” sets one way, anything else back, so that every message changes something."""
    return f"""
process: {key}
title: {{ru: Перемены}}
fields: {{mood: {{ru: Настрой}}, turn: {{ru: Раз}}}}
languages: [ru]
start: ask
steps:
  ask:
    wait: {{for: reply, timeout: 2d}}
    next: read
  read:
    branch:
      - when: {{reply: {{contains: да}}}}
        go: there
    otherwise: back
  there:
    set: {one_way}
    next: answer
  back:
    set: {back}
    next: answer
  answer:
    send: {{text: {{ru: "Записано."}}}}
    next: ask
scenarios:
  - name: changes
    events:
      - client: /start
      - client: да
      - expect: {{step: ask}}
"""


ONE = changing("one_effect", one_way="{stage: talking}", back="{stage: lost}")
FIVE = changing(
    "five_effects",
    one_way='{stage: talking, line: 2, tag: [молчит], fields: {mood: good, turn: "1"}}',
    back='{stage: lost, line: 1, untag: [молчит], fields: {mood: bad, turn: "2"}}',
)
ALL = {"talk": TALK, "stroll": STROLL, "one": ONE, "five": FIVE}
