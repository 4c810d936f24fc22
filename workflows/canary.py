"""A workflow that only proves that workflows run: health is its last finished one."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.heartbeat import Heart


@workflow.defn
class Canary:
    @workflow.run
    async def sing(self) -> None:
        await workflow.execute_activity_method(
            Heart.beat, start_to_close_timeout=timedelta(seconds=10)
        )
