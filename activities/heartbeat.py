"""The sign of life that the canary workflow leaves."""

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from temporalio import activity

from models.database import Database
from models.heartbeat import CANARY, Heartbeat


class Heart:
    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn
    async def beat(self) -> None:
        beat = insert(Heartbeat).values(name=CANARY, at=func.now())
        async with self._database.statement() as connection:
            await connection.execute(
                beat.on_conflict_do_update(index_elements=["name"], set_={"at": func.now()})
            )
