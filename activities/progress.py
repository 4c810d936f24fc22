"""`advance`: what happens next to a lead, decided and applied in one transaction."""

from datetime import datetime

from sqlalchemy import RowMapping, text
from temporalio import activity

from activities.moves import Move, Place, Turn
from models.database import Database, Work
from models.errors import Missing
from models.lead.content import Content
from models.lead.driving import Mode
from models.lead.lead import Lead
from models.lead.listening import BATCH, step_key
from models.lead.talking import typing_before
from models.media import Media, MediaState
from models.process import effects
from models.process.interpreter import proceed
from models.process.state import FORMAT, ProcessState
from models.process.version import definition_of, files_of
from models.timeline import Action
from models.user import User

# What is still to be done: the next message that may leave and what holds it, the next one for
# later, files that came with what was just heard or that a person has asked for again.
OUTBOX = text(
    """
    select n.*, b.disabled_at is not null as disabled,
        greatest(b.paused_until, b.probing_until) as paused_until,
        (select min(s.not_before) from message s
         where s.lead_id = :lead and s.state = 'scheduled') as later,
        array(select id from media where lead_id = :lead and state = 'pending'
              and (:heard or attempts > 0) order by id limit 20) as pending
    from bot b left join (
        select m.id, m.kind, m.author, m.not_before, m.typing_from, m.state from message m
        where m.lead_id = :lead and m.state in ('queued', 'sending') order by m.position limit 1
    ) n on true
    where b.id = :bot
    """
)


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


async def progress(work: Work, lead: Lead, *, now: datetime) -> Move:
    """Reads what the lead has not seen, asks the interpreter, applies its effects.

    Twice with nothing new in between changes nothing: it answers again what is still to be done.
    """
    if lead.format > FORMAT:  # a newer worker's to read: its events stay unseen
        move = await _what_now(work, lead, [], now=now, listens=False)
        move.seen, move.more = lead.seq, False
        return move
    if lead.mode == Mode.MANUAL and lead.manual_until and lead.manual_until <= now:
        await _end_pause(work, lead, now=now)
    due_at = None
    state = lead.state
    if state is None:
        heard = await lead.heard(after=lead.seen, now=now)
    else:
        heard, facts = await lead.listen(state, now=now)
        definition = await definition_of(work.session, state.process, state.version)
        outcome = proceed(definition, state, facts, heard, move=lead.move, now=now)
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
                await _apply(effect, work, lead, outcome.state, by=by, roots=roots, now=now)
            lead.move += 1
    lead.seen = heard[-1].seq if len(heard) == BATCH else lead.seq
    moments = [due_at, lead.manual_until if lead.mode == Mode.MANUAL else None]
    listens = any(one.kind == "message" for one in heard)
    return await _what_now(work, lead, moments, now=now, listens=listens)


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
) -> None:
    """`roots`: which message a later part of a cut text belongs to."""
    match effect:
        case effects.Say():
            await _say(effect, work, lead, state, by=by, root=roots.get(effect.n), now=now)
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
        case effects.WriteNote():
            await lead.write_note(effect.text, by=by, at=now)
        case effects.HandOver():
            await lead.hand_over(by=by, now=now, because=effect.key, reason=effect.reason)
        case effects.Entered():
            lead.record(Action.STEP_ENTERED, by=by, at=now, step=effect.step, via=effect.via)
        case effects.Ended():
            lead.record(Action.PROCESS_ENDED, by=by, at=now, outcome=effect.outcome)


async def _say(
    say: effects.Say,
    work: Work,
    lead: Lead,
    state: ProcessState,
    *,
    by: str,
    root: int | None,
    now: datetime,
) -> None:
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
    await lead.leave(
        content, by=by, action=Action.PROCESS_SAID, at=now, step_key=step_key(state, say.n),
        group_key=None if root is None else step_key(state, root),
        not_before=ready_at if say.typing else None, typing_from=typing_from,
    )  # fmt: skip


async def _what_now(
    work: Work, lead: Lead, moments: list[datetime | None], *, now: datetime, listens: bool
) -> Move:
    move = Move(seen=lead.seen, place=await _place(work, lead))
    move.more = lead.seen < lead.seq
    leaving = await _outbox(work, lead, listens=listens)
    if leaving["later"] is not None and leaving["later"] <= now:
        await lead.schedule_due(now=now)
        leaving = await _outbox(work, lead, listens=listens)
    moments.append(leaving["later"])
    move.fetch = leaving["pending"]
    # A claimed row without its deliverer is the relay's: it becomes unknown and rings.
    if leaving["state"] == "queued" and not leaving["disabled"]:
        held = [at for at in (leaving["not_before"], leaving["paused_until"]) if at and at > now]
        if held:
            moments.append(max(held))
            move.typing = leaving["id"] if leaving["typing_from"] else None
        else:
            move.deliver, move.kind = leaving["id"], leaving["kind"]
            move.priority = 2 if leaving["author"].startswith("process:") else 1
    due = [moment for moment in moments if moment is not None]
    move.due_at = lead.due_at = min(due) if due else None
    if move.deliver or move.more:
        lead.due_at = now  # a lost engine does not know what it was told: the relay rings
    return move


async def _outbox(work: Work, lead: Lead, *, listens: bool) -> RowMapping:
    await work.flush()
    asked = {"lead": lead.id, "bot": lead.bot_id, "heard": listens}
    return (await work.execute(OUTBOX, asked)).mappings().one()


async def _place(work: Work, lead: Lead) -> Place:
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
