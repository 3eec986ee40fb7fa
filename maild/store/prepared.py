"""Statements of the road that every letter takes, run without SQLAlchemy's way from a statement to its rows.

That way costs ten times what SQLite needs for a small statement, and a letter takes twenty of them. On SQLite a
Prepared is compiled once and goes to the driver, values converted by the same column types; on PostgreSQL, where the
server's answer costs more than all this, SQLAlchemy runs it as usual. Limit: no parameter that stands for a list.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import ClauseElement, Executable, RowMapping, exc
from sqlalchemy.dialects import sqlite

from maild.store.database import ByDialect, Tx
from maild.store.types import dumps

Values = Mapping[str, Any]
Converter = Callable[[Any], Any]


@dataclass(frozen=True)
class _Plan:
    """SQL, its parameters in order with their converters, the values of those that are constant; the same of a row."""

    sql: str
    parameters: Sequence[tuple[str, Converter | None]]
    constants: Values
    results: Sequence[Converter | None]
    names: Sequence[str]

    def bind(self, values: Values) -> list[Any]:
        """The values as the driver takes them. Raises KeyError where one is missing."""
        found = {**self.constants, **values}
        return [convert(found[name]) if convert else found[name] for name, convert in self.parameters]

    def read(self, row: Sequence[Any]) -> tuple[Any, ...]:
        """A row of the driver with the values that the columns' types promise."""
        return tuple([convert(value) if convert else value for value, convert in zip(row, self.results, strict=True)])


@dataclass(frozen=True)
class Prepared:
    """A statement. `columns` are those that an INSERT or UPDATE without values of its own is given."""

    statement: Executable | ByDialect
    columns: Sequence[str] | None = field(default=None)

    def rows(self, tx: Tx, values: Values) -> Sequence[Any]:
        """Every row that it answers."""
        if tx.dialect.name != "sqlite":
            return tx.execute(self._on(tx), values).all()
        return [self._plan.read(row) for row in _run(tx, self._plan.sql, self._plan.bind(values)).fetchall()]

    def first(self, tx: Tx, values: Values) -> Any:
        """The first row; None where there is none."""
        return next(iter(self.rows(tx, values)), None)

    def mapping(self, tx: Tx, values: Values) -> RowMapping | Mapping[str, Any] | None:
        """The first row by the names of its columns."""
        if tx.dialect.name != "sqlite":
            return tx.execute(self._on(tx), values).mappings().first()
        row = self.first(tx, values)
        return None if row is None else dict(zip(self._plan.names, row, strict=True))

    def scalar(self, tx: Tx, values: Values) -> Any:
        """The first value of the first row; None where there is none."""
        row = self.first(tx, values)
        return row[0] if row else None

    def run(self, tx: Tx, values: Values) -> int:
        """Carry it out; how many rows an UPDATE or DELETE changed."""
        if tx.dialect.name != "sqlite":
            return tx.execute(self._on(tx), values).rowcount
        return int(_run(tx, self._plan.sql, self._plan.bind(values)).rowcount)

    def many(self, tx: Tx, rows: Sequence[Values]) -> None:
        """Carry it out once for each of several sets of values."""
        if tx.dialect.name != "sqlite":
            tx.execute(self._on(tx), list(rows))
            return
        for values in rows:
            _run(tx, self._plan.sql, self._plan.bind(values))

    def _on(self, tx: Tx) -> Executable:
        return self.statement.on(tx) if isinstance(self.statement, ByDialect) else self.statement

    @cached_property
    def _plan(self) -> _Plan:
        statement: Any = self.statement.sqlite if isinstance(self.statement, ByDialect) else self.statement
        return _compiled(statement, self.columns)


def _run(tx: Tx, sql: str, values: Sequence[Any]) -> Any:
    connection: Any = tx.connection.dbapi_connection
    try:
        return connection.execute(sql, values)
    except sqlite3.Error as error:  # as SQLAlchemy would raise it
        raise exc.DBAPIError.instance(sql, values, error, sqlite3.Error) from error


def _compiled(statement: ClauseElement, columns: Sequence[str] | None) -> _Plan:
    dialect = sqlite.dialect(json_serializer=dumps)
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(columns) if columns else None)
    types = {name: parameter.type.dialect_impl(dialect) for name, parameter in compiled.binds.items()}
    answers: Any = getattr(statement, "exported_columns", ())
    return _Plan(
        sql=str(compiled),
        parameters=[(name, types[name].bind_processor(dialect)) for name in compiled.positiontup],
        constants={name: each.effective_value for name, each in compiled.binds.items() if not each.required},
        results=[column.type.dialect_impl(dialect).result_processor(dialect, None) for column in answers],
        names=[column.key for column in answers],
    )
