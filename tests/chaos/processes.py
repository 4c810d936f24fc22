"""What the town's clients are led through: quick, and with several messages an answer."""

# Answers every message; a silent client hears one question and is left in peace.
CHATTER = """
process: chatter
title: {ru: Болтовня, en: Chatter}
languages: [ru]
start: hello
steps:
  hello:
    send: {text: {ru: "Здравствуйте, {{ lead.first_name }}"}}
    next: question
  question:
    send:
      text: {ru: "Вам интересно?"}
      buttons:
        - {id: "yes", text: {ru: "Да"}}
        - {id: "no", text: {ru: "Нет"}}
    next: ask
  ask:
    wait: {for: reply, timeout: 5s}
    if_timeout: silent
    next: read
  silent:
    jump: {to: nudge, at_most: 1}
    otherwise: rest
  nudge:
    send: {text: {ru: "Вы ещё здесь?"}}
    next: ask
  rest:
    wait: {for: reply}
    next: read
  read:
    branch:
      - when: {reply: {contains: да}}
        go: keen
      - when: {reply: {button: "yes"}}
        go: keen
    otherwise: sceptic
  keen:
    set: {stage: talking, tag: [vip], untag: [молчит]}
    next: first
  first:
    send: {text: {ru: "Отлично!"}}
    next: second
  second:
    send:
      text: {ru: "Расскажите ещё"}
      buttons:
        - {id: "yes", text: {ru: "Да"}}
    next: rest
  sceptic:
    set: {tag: [молчит]}
    next: sorry
  sorry:
    send: {text: {ru: "Понимаю"}}
    next: later
  later:
    send: {text: {ru: "Если что, пишите"}}
    next: rest
scenarios:
  - name: silence
    events:
      - client: /start
      - expect: {step: ask}
"""

# Never stops speaking by itself: somebody takes the lead over in the middle of it.
MONOLOGUE = """
process: monologue
title: {ru: Монолог, en: Monologue}
languages: [ru]
start: one
steps:
  one:
    send: {text: {ru: "Раз"}}
    next: two
  two:
    send: {text: {ru: "Два"}}
    next: three
  three:
    send: {text: {ru: "Три"}}
    next: again
  again:
    jump: {to: one, at_most: 1000}
    otherwise: rest
  rest:
    wait: {for: reply}
    next: one
scenarios: []
"""

# A short wait that somebody skips at the moment when it ends, and a long one behind it.
SHORT_WAIT = """
process: short_wait
title: {ru: Короткое ожидание, en: Short wait}
languages: [ru]
start: begin
steps:
  begin:
    wait: {duration: 1s}
    next: say
  say:
    send: {text: {ru: "Время вышло"}}
    next: long
  long:
    wait: {for: reply, timeout: 1d}
    next: begin
scenarios: []
"""

# Waits long enough for something to happen meanwhile.
PATIENT = """
process: patient
title: {ru: Терпение, en: Patience}
languages: [ru]
start: hello
steps:
  hello:
    send: {text: {ru: "Здравствуйте"}}
    next: ask
  ask:
    wait: {for: reply, timeout: 3m}
    if_timeout: nudge
    next: thanks
  nudge:
    send: {text: {ru: "Вы ещё здесь?"}}
    next: rest
  thanks:
    send: {text: {ru: "Отлично!"}}
    next: rest
  rest:
    wait: {for: reply}
    next: thanks
scenarios: []
"""
