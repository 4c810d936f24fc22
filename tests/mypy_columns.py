"""Tells mypy what SQLModel does at run time: `Lead.stage` is a column, `lead.stage` its value.

SQLModel types both as the value, so that every `where(Lead.stage == …)` would be an error or need
a wrapper that is only there for the checker.
"""

from collections.abc import Callable

from mypy.nodes import TypeInfo, Var
from mypy.plugin import AttributeContext, FunctionContext, Plugin
from mypy.types import Instance, Type

COLUMN = "sqlalchemy.orm.attributes.InstrumentedAttribute"


class Columns(Plugin):
    def get_class_attribute_hook(self, fullname: str) -> Callable[[AttributeContext], Type] | None:
        owner, _, name = fullname.rpartition(".")
        model, column = self._class(owner), self._class(COLUMN)
        if model is None or column is None or not model.has_base("sqlmodel.main.SQLModel"):
            return None
        attribute = model.get(name)
        if attribute is None or not isinstance(attribute.node, Var) or attribute.node.is_classvar:
            return None
        if name.startswith(("_", "model_")) or name == "metadata":
            return None
        return lambda context: Instance(column, [context.default_attr_type])

    def get_function_hook(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        if fullname == "sqlmodel.sql.expression.col":
            return lambda context: context.arg_types[0][0]  # a column already
        return None

    def _class(self, fullname: str) -> TypeInfo | None:
        found = self.lookup_fully_qualified(fullname)
        return found.node if found and isinstance(found.node, TypeInfo) else None


def plugin(version: str) -> type[Plugin]:
    return Columns
