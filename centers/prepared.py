"""Statements of a fixed shape, built and compiled once a process and afterwards only filled in.

Django takes three to five times as long to build a query and to make SQL of it as the database takes to answer, and a
start page asks some twenty times. Of what the database takes, half goes to planning: it keeps the plans of these
statements too, with each connection. A function that builds a queryset is marked ``@prepared``, and is called for its
rows::

    @prepared
    def due(viewer, *, day):
        return Session.objects.visible_to(viewer).filter(follow_up_on__lte=day, counsellor=viewer)

    due(request.user, day=today)  # a list of sessions

The function runs once for each shape, with stand-ins for the viewer and the values; the places of the stand-ins in the
parameters are remembered. Which permissions the viewer holds, where they reach everywhere, whether the viewer is an
official and the language are part of the shape; the workspaces are filled in. So the rows are those of the queryset
that the function builds for the viewer and the values themselves (``due.queryset``), behind the same two walls.

All that the function may do with its arguments is to hand them to the query, and to move a day by days: another
question to a day raises TypeError. A day or time that is not handed in would be kept for ever: it raises ValueError,
and so do related rows, which are read with their rows (``select_related``) or by a statement of their own.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from copy import copy
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, update_wrapper
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.base import DatabaseWrapper, ServerBindingCursor
from django.db.backends.utils import CursorWrapper
from django.db.models import Model, QuerySet, Value
from django.utils.translation import get_language

from accounts.models import User
from centers.scope import Scope
from centers.selectors import is_official, scope_of

KEPT = 256  # statements of one function; more shapes than that are none
NUMBERS = range(2_147_000_000, 2_147_483_648)  # stand-ins of numbers: they fit every column, and no row is there yet
SIGN = "\ue000"  # how the stand-in of a text begins, and no text does
MEANT = (date(2, 1, 1), date(2999, 12, 31))  # beyond, a day stands for "not yet" or "never"

Shape = tuple
Read = Callable[[User, dict[str, Any]], list]  # gives what a stand-in stands for: one value, or those of a list


class Prepared:
    """A function that builds a queryset, called for its rows.

    It is called with the viewer, or none where the rows are the same for everybody; by position with what the shape
    depends on otherwise (hashable); and by name with the values: numbers, texts, days, times, lists of numbers or
    texts.
    """

    elide_empty = True

    def __init__(self, build: Callable[..., QuerySet]):
        self.build = build
        self._kept = lru_cache(maxsize=KEPT)(self._prepare)
        update_wrapper(self, build)

    def __call__(self, viewer: User | None, *shape, **values) -> list:
        return self.statement(viewer, *shape, **values).rows(viewer, values)

    def statement(self, viewer: User, *shape, **values) -> "Statement":
        """The statement that serves everybody and all values of the same shape."""
        return self._kept(_shape_of(viewer), get_language(), shape, _kinds_of(values))

    def queryset(self, viewer: User, *shape, **values) -> QuerySet:
        """What is compiled."""
        return self.build(viewer, *shape, **values)

    def _prepare(self, viewer: Shape, _language: str, shape: Shape, kinds: Shape) -> "Statement":
        stand_ins = StandIns(viewer, kinds)
        rows = self.queryset(stand_ins.viewer, *shape, **stand_ins.values)
        return Statement(rows, stand_ins, elide_empty=self.elide_empty)


class Counted(Prepared):
    """The same for numbers over all rows: the function gives the queryset and its aggregates, the call a dict."""

    elide_empty = False  # of no rows there are numbers too

    def __call__(self, viewer: User, *shape, **values) -> dict[str, Any]:
        (numbers,) = super().__call__(viewer, *shape, **values)
        return numbers

    def queryset(self, viewer: User, *shape, **values) -> QuerySet:
        """One row of numbers, as ``aggregate`` gives it: grouped by what is the same in all rows."""
        rows, numbers = self.build(viewer, *shape, **values)
        return rows.order_by().annotate(same=Value(1)).values("same").annotate(**numbers).values(*numbers)


prepared, counted = Prepared, Counted


def attach(rows: list[Model], related: str, found: Iterable[Model]) -> None:
    """Keep with each row those of another table that hang on it, as reading them ahead in a queryset would."""
    theirs = defaultdict(list)
    for one in found:
        theirs[getattr(one, rows[0]._meta.get_field(related).field.attname)].append(one)
    for row in rows:
        field = row._meta.get_field(related).field
        kept = field.model._default_manager.get_queryset()
        kept._deferred_filter = False, (), {field.name: row}  # whoever asks on, asks of this row
        kept._result_cache, kept._prefetch_done = theirs[row.pk], True
        row._prefetched_objects_cache = {**getattr(row, "_prefetched_objects_cache", {}), related: kept}


class Statement:
    """One queryset, compiled, with the places of its stand-ins among the parameters."""

    def __init__(self, rows: QuerySet, stand_ins: "StandIns", *, elide_empty: bool):
        if rows._prefetch_related_lookups:
            raise ValueError("Related rows are read by a statement of their own")
        self._queryset, self._compiler = rows, rows.query.get_compiler(DEFAULT_DB_ALIAS, elide_empty=elide_empty)
        try:
            sql, params = self._compiler.as_sql()
        except EmptyResultSet:  # not for this viewer
            self._pieces = []
            return
        self._pieces, self._slots = sql.split("%s"), [stand_ins.slot(param) for param in params]
        if len(self._pieces) != len(self._slots) + 1:
            raise ValueError("Something in the statement reads like a parameter and is none")
        fields = [column for column, *_rest in self._compiler.select[: self._compiler.col_count]]
        self._converters = self._compiler.get_converters(fields)

    def rows(self, viewer: User, values: dict[str, Any]) -> list:
        filled = self.filled(viewer, {name: _evened(value) for name, value in values.items()})
        return list(self._queryset._iterable_class(_Filled(self._queryset, self._compiled(*filled)))) if filled else []

    def filled(self, viewer: User, values: dict[str, Any]) -> tuple[str, tuple] | None:
        """The SQL and its parameters; none where there is nothing to ask."""
        if not self._pieces:
            return None
        sql, params = [self._pieces[0]], []
        for slot, piece in zip(self._slots, self._pieces[1:], strict=True):
            filled = slot(viewer, values)
            sql += ", ".join(["%s"] * len(filled)), piece
            params += filled
        return "".join(sql), tuple(params)

    def _compiled(self, sql: str, params: tuple):
        compiler = copy(self._compiler)
        compiler.connection = _Planned(connections[DEFAULT_DB_ALIAS])  # this thread's own
        compiler.as_sql = lambda: (sql, params)
        compiler.get_converters = lambda _fields: self._converters
        return compiler


def _evened(value: Any) -> Any:
    """A list as long as the next power of two, its last one said again: a plan serves one number of parameters."""
    if not isinstance(value, list) or not value:
        return value
    return value + value[-1:] * ((1 << (len(value) - 1).bit_length()) - len(value))


class _Planned:
    """The connection, for statements whose plans the database keeps: their parameters are sent beside the text."""

    def __init__(self, connection: DatabaseWrapper):
        self._connection = connection

    def cursor(self) -> CursorWrapper:
        self._connection.ensure_connection()
        return self._connection._prepare_cursor(ServerBindingCursor(self._connection.connection))

    def __getattr__(self, name: str):
        return getattr(self._connection, name)


class _Filled:
    """As much of a queryset as reading its rows asks for. It is its own query, which has been compiled."""

    def __init__(self, rows: QuerySet, compiler):
        self._rows, self._compiler = rows, compiler
        self.query, self.db = self, DEFAULT_DB_ALIAS

    def get_compiler(self, using: str | None = None):
        return self._compiler

    def __getattr__(self, name: str):
        return getattr(self._rows if hasattr(self._rows, name) else self._rows.query, name)


# What stands in.


class _Day(date):
    """A day that is told later. It can be moved by days; what else was made of it would be kept for ever."""

    def __new__(cls, name: str, moved: timedelta = timedelta()):
        day = super().__new__(cls, 1000, 1, 1)
        day.name, day.moved = name, moved
        return day

    def __add__(self, days: timedelta):
        return _Day(self.name, self.moved + days)

    def __sub__(self, days: timedelta):
        return _Day(self.name, self.moved - days)

    def __eq__(self, other):
        return isinstance(other, _Day) and (self.name, self.moved) == (other.name, other.moved)

    def __hash__(self):
        return hash((self.name, self.moved))

    def _refuse(self, *_asked, **_more):
        raise TypeError("A day is told later to a prepared statement: hand in what is made of it")

    year = month = day = property(_refuse)
    replace = weekday = isoweekday = isocalendar = isoformat = strftime = timetuple = _refuse
    __str__ = __format__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse


class StandIns:
    """The viewer and the values of a statement that is being prepared, and how they are found in its parameters."""

    def __init__(self, viewer: Shape, kinds: Shape):
        self._numbers = iter(NUMBERS)
        self._reads: dict[Any, Read] = {}
        self.viewer = self._viewer(*viewer) if viewer else None
        self.values = {name: self._value(name, kind, listed) for name, kind, listed in kinds}

    def _viewer(self, held: tuple[str, ...], everywhere: frozenset[str], official: bool) -> User:
        """Somebody of the shape; each permission reaches one workspace, another than the next."""
        viewer = User(pk=self._known(next(self._numbers), lambda viewer, values: [viewer.pk]))
        places = {permission: (self._known(next(self._numbers), _places(permission)),) for permission in held}
        viewer._scope, viewer._official = Scope(viewer.pk, places, everywhere), official
        return viewer

    def _value(self, name: str, kind: type | None, listed: bool) -> Any:
        if listed and kind is None:
            return []
        if listed:
            inside = self._known(self._one(name, kind), lambda viewer, values: values[name])
            return [inside]
        if kind is date:
            return _Day(name)
        return self._known(self._one(name, kind), lambda viewer, values: [values[name]])

    def _one(self, name: str, kind: type) -> Any:
        number = next(self._numbers)
        made = {
            int: lambda: number,
            str: lambda: f"{SIGN}{name}",
            datetime: lambda: datetime.fromtimestamp(-number * 10, UTC),
        }
        if kind not in made:
            raise TypeError(f"{name} is of a kind that no statement is prepared for: {kind.__name__}")
        return made[kind]()

    def _known(self, stand_in: Any, read: Read) -> Any:
        self._reads[stand_in] = read
        return stand_in

    def slot(self, param: Any) -> Read:
        """What fills the place of a parameter: one value, or as many as a list has. Raises as ``_check_constant``."""
        if isinstance(param, _Day):
            return lambda viewer, values: [values[param.name] + param.moved]
        if isinstance(param, list) and len(param) == 1 and self._is_known(param[0]):
            read, made = self._reads[param[0]], type(param[0])
            return lambda viewer, values: [[made(value) for value in read(viewer, values)]]
        if self._is_known(param):
            read, made = self._reads[param], _made_as(param)
            return lambda viewer, values: [made(value) for value in read(viewer, values)]
        _check_constant(param)
        return lambda viewer, values: [param]

    def _is_known(self, param: Any) -> bool:
        return isinstance(param, int | str | datetime) and param in self._reads


def _places(permission: str) -> Read:
    return lambda viewer, values: scope_of(viewer).of(permission)


def _made_as(param: Any) -> Callable[[Any], Any]:
    """Numbers go to the database as the type of their column, which the parameter has already."""
    return type(param) if isinstance(param, int) else lambda value: value


def _check_constant(param: Any) -> None:
    """Raises ValueError for what was made of a stand-in, and for a day of now: it would be kept for ever."""
    day = param.date() if isinstance(param, datetime) else param
    if isinstance(day, date) and MEANT[0] <= day <= MEANT[1]:
        raise ValueError(f"{param} would be kept: hand it in")
    if (isinstance(param, int) and param in NUMBERS) or SIGN in str(param):
        raise ValueError("Something was made of what is told later: hand it in")


def _shape_of(viewer: User | None) -> Shape:
    """What the text of a statement may depend on of its viewer; kept on the user object beside the scope it is of."""
    if viewer is None:
        return ()
    scope = scope_of(viewer)
    of_scope, shape = getattr(viewer, "_shape", (None, ()))
    if of_scope is not scope:
        held = tuple(permission for permission, here in scope.workspaces.items() if here)
        shape = held, scope.everywhere, viewer.is_authenticated and is_official(viewer)
        viewer._shape = scope, shape
    return shape


def _kinds_of(values: dict[str, Any]) -> Shape:
    """Of each value its kind, and whether it is a list; an empty one asks for nothing, which is a shape of its own."""
    return tuple(
        (name, type(value[0]) if value else None, True) if isinstance(value, list) else (name, type(value), False)
        for name, value in values.items()
    )
