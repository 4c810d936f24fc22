"""What the demo's people say again and again: templates in two languages, and a script of them."""

from models.database import Work
from models.ready import Scope
from models.script import Script
from models.template import Template
from models.user import User

FIRST, MONEY = "Первый разговор", "Деньги"
TEMPLATES = (
    (FIRST, "Познакомиться",
     "{{ lead.first_name | default('Здравствуйте') }}, это {{ manager.first_name }} из Nova. "
     "Помогу начать. Вы уже пробовали что-то подобное?",
     "{{ lead.first_name | default('Hello') }}, this is {{ manager.first_name }} from Nova. "
     "I will help you start. Have you tried anything like this before?"),
    (FIRST, "Узнать цель",
     "Чтобы посоветовать точнее: какой результат для вас хороший через месяц?",
     "To advise you well: what would be a good result for you in a month?"),
    (FIRST, "Ответ на «дорого»",
     "Понимаю. Начинают с небольшой суммы: {{ сумма }} хватит, чтобы увидеть, как всё устроено.",
     "I see. People start small: {{ amount }} is enough to see how it works."),
    (FIRST, "Дать ссылку",
     "Вот ваша ссылка: {{ link | default('https://nova.example/start') }}\n"
     "Регистрация занимает две минуты. Напишите, когда будете внутри.",
     "Here is your link: {{ link | default('https://nova.example/start') }}\n"
     "It takes two minutes to sign up. Tell me when you are in."),
    (FIRST, "Договориться о следующем шаге",
     "Тогда я напишу вам {{ когда }}. Если вопросы появятся раньше, я здесь.",
     "Then I will write to you {{ when }}. If a question comes up sooner, I am here."),
    (MONEY, "Как пополнить",
     "Личный кабинет → «Пополнить» → карта или перевод. Деньги приходят за несколько минут.",
     "Your account → “Deposit” → card or transfer. The money arrives within minutes."),
    (MONEY, "Как вывести",
     "Заявка на вывод: кабинет → «Вывести». Обычно это занимает до одного рабочего дня.",
     "To withdraw: account → “Withdraw”. It usually takes up to one business day."),
)  # fmt: skip


async def demo_words(work: Work, keeper: User) -> None:
    """For everybody, kept by `keeper`."""
    told = []
    for folder, name, russian, english in TEMPLATES:
        template = Template(scope=Scope.ALL, owner_id=keeper.id, name=name)
        template.change(
            scope=Scope.ALL, folder=folder, name=name, words={"ru": russian, "en": english},
            files=(), by=keeper,
        )  # fmt: skip
        work.add(template)
        told.append(template)
    await work.flush()
    script = Script(scope=Scope.ALL, owner_id=keeper.id, name=FIRST)
    for template in told:
        if template.folder == FIRST:
            script.add(template)
    work.add(script)
