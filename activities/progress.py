"""`advance`: what happens next to a lead, decided and applied in one transaction."""

from datetime import datetime, timedelta

from temporalio import activity

from activities.moves import Move, Place, Turn
from models.database import Database, Work
from models.distribution import Way
from models.errors import Missing
from models.lead.content import Content
from models.lead.driving import Mode
from models.lead.lead import Lead
from models.lead.listening import BATCH, Sight, step_key
from models.lead.talking import typing_before
from models.media import Media, MediaState
from models.message import Message, State
from models.process import effects
from models.process.interpreter import proceed
from models.process.state import FORMAT, ProcessState
from models.process.version import definition_of, files_of
from models.queries.people import TALKING
from models.queries.tasks import named_or_owner
from models.task import AHEAD, LONGEST
from models.timeline import Action
from models.user import Team, User

# Who opens a bot rings its leads; a lead that was being moved at that moment may not be heard.
SHUT = timedelta(minutes=15)
SOON = timedelta(minutes=1)  # a task is not due before


class Progress:
    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn
    async def advance(self, turn: Turn) -> Move:
        assert turn.now is not None
        async with self._database.unit_of_work(silent=True) as work:
            try:
                lead = await work.locked_lead(turn.lead_id)
            except Missing:  # a restore of the database took it away; its number may come again
                return Move()
            return await progress(work, lead, now=turn.now)


async def progress(work: Work, lead: Lead, *, now: datetime, sight: Sight | None = None) -> Move:
    """Reads what the lead has not seen, asks the interpreter, applies its effects.

    Twice with nothing new in between changes nothing: it answers again what is still to be done.
    `sight` is what the same transaction has seen already.
    """
    remind_at = await lead.remind(now=now)
    if lead.format > FORMAT:  # a newer worker's to read: its events stay unseen
        sight = sight or await lead.look(now=now)
        move = await _what_now(work, lead, sight, [remind_at], now=now)
        move.seen, move.more = lead.seq, False
        return move
    if lead.mode == Mode.MANUAL and lead.manual_until and lead.manual_until <= now:
        await _end_pause(work, lead, now=now)
        sight = None
    sight, due_at = sight or await lead.look(now=now), None
    state = sight.state
    if state is not None:
        definition = await definition_of(work.session, state.process, state.version)
        facts = lead.facts_of(state, sight)
        outcome = proceed(definition, state, facts, sight.heard, move=lead.move, now=now)
        due_at = outcome.due_at
        if outcome.changed:
            lead.state = outcome.state
            step, roots = state.step, dict[int, int]()
            for effect in outcome.effects:
                if isinstance(effect, effects.Entered):
                    step = effect.step
                if isinstance(effect, effects.Say) and effect.continues is not None:
                    roots[effect.n] = roots.get(effect.continues, effect.continues)
                by = f"process:{state.process}/{step}"
                said = await _apply(effect, work, lead, outcome.state, by=by, roots=roots, now=now)
                sight.messages.extend(said)
            lead.move += 1
    lead.seen = sight.heard[-1].seq if len(sight.heard) == BATCH else lead.seq
    moments = [due_at, remind_at, await lead.schedule_due(sight.messages, now=now)]
    if lead.mode == Mode.MANUAL:
        moments.append(lead.manual_until)
    return await _what_now(work, lead, sight, moments, now=now)


async def _end_pause(work: Work, lead: Lead, *, now: datetime) -> None:
    state = lead.state
    if state is None:
        lead.manual_until = None
        return
    definition = await definition_of(work.session, state.process, state.version)
    read = await lead.unanswered(now=now)
    await lead.give_back(
        by="engine", now=now, at="same", definition=definition,
        facts=await lead.facts(state, read), read=read,
    )  # fmt: skip


async def _apply(
    effect: effects.Effect,
    work: Work,
    lead: Lead,
    state: ProcessState,
    *,
    by: str,
    roots: dict[int, int],
    now: datetime,
) -> list[Message]:
    """What is said by it. `roots`: which message a later part of a cut text belongs to."""
    match effect:
        case effects.Say():
            return await _say(effect, work, lead, state, by=by, root=roots.get(effect.n), now=now)
        case effects.MoveTo():
            await lead.move_to(effect.stage, by=by, at=now)
        case effects.Tag():
            await lead.tag(effect.name, by=by, at=now)
        case effects.Untag():
            await lead.untag(effect.name, by=by, at=now)
        case effects.SetLine():
            lead.set_line(effect.line, by=by, at=now)
        case effects.SetField():
            lead.set_field(effect.name, effect.value, by=by, at=now)
        case effects.AssignTo():
            owner = await User.named(work.session, effect.user)
            lead.assign(owner, by=by, at=now)
        case effects.Give():
            got = await _give(effect, work, lead, by=by, now=now)
            given = "somebody" if got else "nobody"
            lead.state = state.model_copy(update={"given": given})
        case effects.WriteNote():
            await lead.write_note(effect.text, by=by, at=now)
        case effects.SetTask():
            await _set_task(effect, work, lead, state, by=by, now=now)
        case effects.HandOver():
            await lead.hand_over(by=by, now=now, because=effect.key, reason=effect.reason)
        case effects.Entered():
            lead.record(Action.STEP_ENTERED, by=by, at=now, step=effect.step, via=effect.via)
        case effects.Ended():
            lead.record(Action.PROCESS_ENDED, by=by, at=now, outcome=effect.outcome)
    return []


async def _set_task(
    task: effects.SetTask, work: Work, lead: Lead, state: ProcessState, *, by: str, now: datetime
) -> None:
    """Whatever a designer wrote, the process goes on: a task that nobody can do is nobody's."""
    what = task.what.strip()[:LONGEST] or task.step
    due_at = min(max(task.due_at, now + SOON), now + AHEAD)
    whom = await named_or_owner(work, lead, task.assignee)
    await lead.set_task(
        what, due_at=due_at, assignee=whom, by=by, now=now,
        step_key=f"{state.run}:{task.step}" if task.awaited else None,
    )  # fmt: skip


async def _give(give: effects.Give, work: Work, lead: Lead, *, by: str, now: datetime) -> bool:
    """Whether somebody got it: who is gone gets none, nor does anybody off shift by turns."""
    if give.way is None:
        owner = await User.named(work.session, give.user or "")
        if owner is None or owner.disabled_at or owner.role not in TALKING:
            return False
        lead.assign(owner, by=by, at=now)
        return True
    team = await Team.named(work.session, give.team) if give.team else None
    if give.team and team is None:
        return False
    return bool(
        await lead.give_by_turns(
            by=by, at=now, way=Way(give.way), team_id=team.id if team else None, line=give.line
        )
    )


async def _say(
    say: effects.Say,
    work: Work,
    lead: Lead,
    state: ProcessState,
    *,
    by: str,
    root: int | None,
    now: datetime,
) -> list[Message]:
    files = await files_of(work.session, state.process, state.version)
    typing_from, ready_at = typing_before(say.typing, at=now)
    content = Content(
        text=say.text,
        entities=list(say.entities),
        media=[
            Media(
                lead_id=lead.id, kind=ref.kind, state=MediaState.READY, name=ref.file,
                sha256=bytes.fromhex(files[ref.file]["sha256"]), size=files[ref.file]["size"],
            )
            for ref in say.media
        ],
        buttons=[[button.model_dump(exclude_none=True) for button in row] for row in say.buttons],
        language=say.language,
    )  # fmt: skip
    return await lead.leave(
        content, by=by, action=Action.PROCESS_SAID, at=now, step_key=step_key(state, say.n),
        group_key=None if root is None else step_key(state, root),
        not_before=ready_at if say.typing else None, typing_from=typing_from,
    )  # fmt: skip


async def _what_now(
    work: Work, lead: Lead, sight: Sight, moments: list[datetime | None], *, now: datetime
) -> Move:
    move = Move(seen=lead.seen, more=lead.seen < lead.seq, fetch=sight.files, place=_place(lead))
    leaving = [one for one in sight.messages if one.state in (State.QUEUED, State.SENDING)]
    first = min(leaving, key=lambda one: one.position or 0, default=None)
    held: list[datetime] = []
    leaves = False
    # A claimed row without its deliverer is the relay's: it becomes unknown and rings.
    if first is not None and first.state == State.QUEUED:
        shut = now + SHUT if sight.bot_disabled else None
        held = [at for at in (first.not_before, sight.bot_paused_until, shut) if at and at > now]
        moments += [max(held)] if held else []
        leaves = not held
    if not sight.bot_disabled:
        paused = sight.bot_paused_until
        waiting = {one: max(filter(None, (at, paused)), default=now)
                   for one, at in sight.changes.items()}  # fmt: skip
        move.change = [one for one, at in waiting.items() if at <= now]
        moments += [at for at in waiting.values() if at > now]
    due = [moment for moment in moments if moment is not None]
    move.due_at = lead.due_at = min(due) if due else None
    if leaves or move.more or move.change:
        lead.due_at = now  # a lost engine does not know what it was told: the relay rings
    await work.flush()
    if first is not None and leaves:
        move.deliver, move.kind = first.id, first.kind
        move.priority = 2 if first.automatic else 1
    elif first is not None and held and first.typing_from and not sight.bot_disabled:
        move.typing = first.id
    return move


def _place(lead: Lead) -> Place:
    state = lead.state if lead.format <= FORMAT else None
    waiting = state.waiting if state else None
    return Place(
        process=lead.process_key or "",
        version=lead.version or 0,
        step=lead.step or "",
        mode=lead.mode,
        mode_since=lead.mode_at,
        stage=lead.stage_key,
        line=lead.line,
        manager=str(lead.owner_id or ""),
        waits=f"{waiting.kind} until {waiting.until:%d.%m %H:%M} UTC"
        if waiting and waiting.until
        else (waiting.kind if waiting else ""),
    )
