"""What a definition names outside itself: stages by their keys, tags by their names."""

from dataclasses import dataclass

from models.process.conditions import Condition, IfStage, IfTag, leaves
from models.process.language import Process
from models.process.steps import BranchStep, SetStep


@dataclass(frozen=True)
class Named:
    stages: frozenset[str]
    tags: frozenset[str]


def named_by(process: Process) -> Named:
    changes = [step.set for step in process.steps.values() if isinstance(step, SetStep)]
    asked: list[Condition] = [
        leaf
        for step in process.steps.values()
        if isinstance(step, BranchStep)
        for option in step.branch
        for leaf in leaves(option.when)
    ]
    stages = {one.stage for one in changes if one.stage is not None}
    tags = {name for one in changes for name in (*one.tag, *one.untag)}
    for leaf in asked:
        if isinstance(leaf, IfStage):
            stages.update(leaf.stage)
        elif isinstance(leaf, IfTag):
            tags.update(leaf.tag)
    return Named(frozenset(stages), frozenset(tags))
