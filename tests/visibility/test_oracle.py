"""Random people, teams and leads against every route of the app: who sees what is compared with a
rule in plain Python that knows nothing of `visible_leads`."""

import itertools
from contextlib import AsyncExitStack
from functools import partial

import httpx
import pytest
from sqlalchemy import select

from models.lead.dealing import LeadTag
from models.queries.people import TALKING
from models.stage import Tag
from models.token import Scope, Token
from models.user import Role
from tests.eventually import eventually
from tests.visibility.asking import (
    CANARY,
    allowed,
    ask,
    asked,
    canaries,
    everything,
    kinds,
    of_role,
    refused_for_its_shape,
    routes_of,
)
from tests.visibility.country import Country, counts_for, may_see
from tests.visibility.routes import ROUTES, Elsewhere, Many, Nothing, Of, Robots
from tests.web.ear import Ear, listening


def test_every_route_is_classified(country: Country):
    there = set(routes_of(country.site.app))
    new, gone = sorted(there - ROUTES.keys()), sorted(ROUTES.keys() - there)
    assert not new, (
        "say in tests/visibility/routes.py which leads these routes show or take "
        f"(Of: one, Many: several, NOTHING: none): {new}"
    )
    assert not gone, f"these routes of tests/visibility/routes.py are not there any more: {gone}"
    named = {one.test for _method, _path, one in kinds(Elsewhere)}
    assert named <= globals().keys(), "a route names a test that is not here"


async def test_one_lead_is_shown_to_who_may_see_it_and_to_nobody_else(
    country: Country, browsers: dict[int, httpx.AsyncClient]
):
    talking = [one for one in country.people if one.role in TALKING][-4:]  # with who sees all
    for person, (method, path, of) in itertools.product(talking, kinds(Of)):
        if method != "GET":
            continue
        who = f"{person.name}, {method} {path}"
        seen = country.dice.choice(country.visible(person))
        answer = await ask(browsers[person.id], method, path, of, seen, country)
        assert answer.status_code in (200, 403, 422), f"{who}: {answer.text}"
        assert not refused_for_its_shape(answer), f"{who}: {answer.text}"
        if answer.status_code == 200:
            for kind in of.shows:
                assert seen.says[kind] in answer.text, f"{who} does not show the {kind}"
            assert canaries(answer) <= allowed(country, person), who
        if hidden := country.hidden(person):
            other = country.dice.choice(hidden)
            answer = await ask(browsers[person.id], method, path, of, other, country)
            if not of.mine:
                assert answer.status_code in (404, 403), f"{who} of {other}: {answer.text}"
                assert answer.status_code == 404 or "role" in answer.text, who
            assert canaries(answer) - asked(answer) == set(), who


async def test_what_is_asked_of_a_lead_is_understood(
    country: Country, browsers: dict[int, httpx.AsyncClient]
):
    """The premise of the next: a refusal there is for the person, not for the request."""
    maria = of_role(country, Role.ADMIN)[0]
    for method, path, of in kinds(Of):
        if method != "GET":
            lead = await country.marias()
            answer = await ask(browsers[maria.id], method, path, of, lead, country)
            known = answer.status_code in (200, 204, 409, 422) or "no such script" in answer.text
            assert known, f"{method} {path}: {answer.status_code} {answer.text}"
            assert not refused_for_its_shape(answer), f"{method} {path}: {answer.text}"


async def test_nothing_is_changed_in_a_lead_by_who_may_not_see_it(
    country: Country, browsers: dict[int, httpx.AsyncClient]
):
    before = await everything(country)
    for person, (method, path, of) in itertools.product(country.people, kinds(Of)):
        hidden = country.hidden(person)
        if method == "GET" or of.mine or not hidden:
            continue
        lead = country.dice.choice(hidden)
        answer = await ask(browsers[person.id], method, path, of, lead, country)
        who = f"{person.name}, {method} {path}: {answer.status_code} {answer.text}"
        assert answer.status_code in (403, 404), who
        assert answer.status_code == 404 or "role" in answer.text, who
        assert canaries(answer) - asked(answer) == set(), who
    after = await everything(country)
    assert {name for name in after if after[name] != before[name]} == set()


async def test_lists_hold_exactly_the_leads_that_one_may_see(
    country: Country, browsers: dict[int, httpx.AsyncClient]
):
    ids = [str(lead.id) for lead in country.leads]
    for person, (_method, path, many) in itertools.product(country.people, kinds(Many)):
        query = {name: ids if value == "{ids}" else value for name, value in many.query.items()}
        answer = await browsers[person.id].get(many.path or path, params=query)
        who = f"{person.name}, {path}"
        assert answer.status_code in (200, 403), f"{who}: {answer.text}"
        found = canaries(answer) - (asked(answer) if many.echoes else set())
        assert found <= allowed(country, person), who
        rule = counts_for if many.counted else may_see
        for kind in many.shows if answer.status_code == 200 else ():
            shown = {lead.id for lead in country.leads if lead.says[kind] in answer.text}
            expected = {lead.id for lead in country.leads if rule(person, lead)}
            assert shown == expected, f"{who} by {kind}"


async def test_what_is_not_about_leads_says_nothing_of_them(
    country: Country, browsers: dict[int, httpx.AsyncClient]
):
    each = (of_role(country, role)[0] for role in (Role.MANAGER, Role.ADMIN))
    for person, (method, path, _) in itertools.product(each, kinds(Nothing)):
        if method == "GET" and "{" not in path and not path.startswith("/api"):
            answer = await browsers[person.id].get(path)
            assert answer.status_code < 500 or path == "/healthz", path
            assert canaries(answer) == set(), f"{person.name}, {path}"


@pytest.mark.parametrize("kind", ["name", "text", "handle"])
async def test_a_search_finds_what_one_may_see(
    country: Country, browsers: dict[int, httpx.AsyncClient], kind: str
):
    for person in (*of_role(country, Role.MANAGER)[:2], of_role(country, Role.TEAM_LEAD)[0]):
        for lead in country.dice.sample(country.leads, 4):
            for path, name in (("/leads/rows", "q"), ("/palette/entries", "asked")):
                answer = await browsers[person.id].get(path, params={name: lead.says[kind]})
                found = lead.says["id"] in answer.text
                expected = may_see(person, lead) and (path == "/leads/rows" or kind != "text")
                assert found == expected, f"{person.name} {path} {lead}"
                assert canaries(answer) - asked(answer) <= allowed(country, person)


async def test_an_act_on_many_chats_reaches_only_those_one_sees(
    country: Country, browsers: dict[int, httpx.AsyncClient]
):
    async with country.site.database.reading() as session:
        tags = list((await session.execute(select(Tag).order_by(Tag.id))).scalars())
    for person, tag in zip(country.people[:6], tags, strict=False):
        key = f"deed-of-{person.id:04}"
        ids = [lead.id for lead in country.leads]
        form = {"key": key, "kind": "tag", "value": tag.id, "lead": ids}
        answer = await browsers[person.id].post("/deeds", data=form)
        assert answer.status_code == 200, answer.text
        assert await tagged(country, tag) == {lead.id for lead in country.visible(person)}
        assert canaries(answer) - {lead.says["id"] for lead in country.leads} <= allowed(
            country, person
        )
        other = next(one for one in country.people if one.id != person.id)
        await browsers[other.id].post(f"/deeds/{key}/undoing")  # not theirs to undo
        assert await tagged(country, tag) == {lead.id for lead in country.visible(person)}
        assert (await browsers[person.id].post(f"/deeds/{key}/undoing")).status_code == 204
        assert await tagged(country, tag) == set()


async def tagged(country: Country, tag: Tag) -> set[int]:
    async with country.site.database.reading() as session:
        query = select(LeadTag.lead_id).where(LeadTag.tag_id == tag.id)
        return set((await session.execute(query)).scalars())


async def test_the_question_before_an_act_speaks_of_no_other_lead(
    country: Country, browsers: dict[int, httpx.AsyncClient]
):
    for person in of_role(country, Role.MANAGER):
        for lead in country.leads:
            params = {"kind": "give_back", "lead": str(lead.id)}
            answer = await browsers[person.id].get("/deeds/preview", params=params)
            assert answer.status_code == (200 if may_see(person, lead) else 404)


async def test_what_another_has_done_is_not_taken_back(
    country: Country, browsers: dict[int, httpx.AsyncClient]
):
    one, other = of_role(country, Role.TEAM_LEAD)
    lead = await country.lead()  # of no team: both see it
    key = "00000000-0000-0000-0000-00000000abcd"
    path = f"/leads/{lead.id}/quick-actions/{country.shared['quick']}"
    done = await browsers[one.id].post(path, data={"key": key, "anyway": "true"})
    assert done.status_code == 200, done.text
    refused = await browsers[other.id].post(f"/quick-actions/runs/{key}/undoing")
    assert refused.status_code == 404
    assert (await browsers[one.id].post(f"/quick-actions/runs/{key}/undoing")).status_code == 204


async def test_robots_need_a_token_and_people_are_none(
    country: Country, browsers: dict[int, httpx.AsyncClient]
):
    maria = of_role(country, Role.ADMIN)[0]
    lead = country.leads[0]
    async with country.site.visitor() as nobody:
        for method, path, _ in kinds(Robots):
            address = path.replace(":path", "").format(
                lead_id=lead.id, name="vip", number=lead.parts["task_id"]
            )
            for browser in (nobody, browsers[maria.id]):
                answer = await browser.request(method, address, params={"id": lead.id})
                assert answer.status_code == 401, f"{method} {path}"
                assert canaries(answer) - asked(answer) == set()
        async with country.site.database.unit_of_work() as work:
            token, secret = Token.issue("crm", [Scope.READ])
            work.add(token)
        nobody.headers["Authorization"] = f"Bearer {secret}"
        for each in country.leads:
            answer = await nobody.get("/api/v1/leads", params={"id": each.id})
            assert each.says["name"] in answer.text


async def test_a_stream_speaks_of_no_lead_that_its_reader_may_not_see(country: Country):
    everybody = [one for one in country.people if one.role != Role.OPS]
    opened = [lead.id for lead in country.leads]
    async with AsyncExitStack() as stack:
        ears = {
            person.id: await stack.enter_async_context(listening(country.site, person, *opened))
            for person in everybody
        }
        for lead in country.leads:
            async with country.site.database.unit_of_work() as work:
                found = await work.locked_lead(lead.id)
                await found.write_note(f"{lead.says['note']} again", by="engine", among=())
        for person in everybody:
            expected = {lead.id for lead in country.visible(person)}
            await eventually(partial(hears_of, ears[person.id], expected))
        for person in everybody:
            expected = {lead.id for lead in country.visible(person)}
            heard = ears[person.id].heard
            assert {one["lead"] for one in heard if "lead" in one} == expected, person.name
            words = set(CANARY.findall(str(heard)))
            assert words <= allowed(country, person)


def hears_of(ear: Ear, expected: set[int]) -> bool:
    return {one["lead"] for one in ear.of("row")} >= expected
