"""Small processes for tests of the engine."""

GREETING = """
process: greeting
title: {ru: Приветствие, en: Greeting}
languages: [ru]
start: hello
steps:
  hello:
    send: {text: {ru: "Здравствуйте, {{ lead.first_name }}. Вам интересно?"}}
    next: ask
  ask:
    wait: {for: reply, timeout: 2h}
    if_timeout: nudge
    next: read
  nudge:
    send: {text: {ru: "Вы ещё здесь?"}}
    next: ask_again
  ask_again:
    wait: {for: reply, timeout: 1d}
    if_timeout: lose
    next: read
  lose:
    set: {stage: lost, tag: [молчит]}
    next: silent
  silent:
    end: silent
  read:
    branch:
      - when: {reply: {contains: да}}
        go: interested
    otherwise: human
  interested:
    set: {stage: talking, tag: [регистрация]}
    next: thanks
  thanks:
    send: {text: {ru: "Отлично!"}}
    next: done
  done:
    end: interested
  human:
    hand_over: {reason: {ru: Непонятный ответ}}
    next: thanks
scenarios:
  - name: silence
    events:
      - client: /start
      - expect: {step: ask}
"""
