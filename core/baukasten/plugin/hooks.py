"""Asking plugins while serving one tenant: each call isolated, timed, checked, and in a fixed order."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec, TypeVar

from sqlalchemy.orm import Session

from baukasten.plugin.breaker import Admission, Circuit
from baukasten.plugin.faults import Failure
from baukasten.plugin.guard import kept_whole, settle
from baukasten.plugin.specs import STRICT, Family, Spec
from baukasten.plugin.watch import Watch, raised, rubbish

T = TypeVar("T")
P = ParamSpec("P")

CORE_PREFIX = "core."
"""Rooms of the core declare themselves under names such as ``core.moderation``; they are active everywhere."""


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """A value and who gave it."""

    plugin: str
    value: T


@dataclass(frozen=True, slots=True)
class Implementation:
    """One plugin's function for one hook, with the arguments it wants."""

    plugin: str
    function: Callable[..., Any]
    arguments: tuple[str, ...]

    @property
    def is_core(self) -> bool:
        """Tell whether a room of the core answers."""
        return self.plugin.startswith(CORE_PREFIX)


@dataclass(frozen=True, slots=True)
class _Outcome:
    value: Any = None
    failure: Failure | None = None
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class _Task:
    """A plugin's work and what guards it."""

    work: Callable[[], Any]
    session: Session | None
    reading: bool
    misfit: Callable[[object], str] | None = None
    """Says what is wrong with the answer."""


@dataclass(frozen=True, slots=True)
class Hooks:
    """The hooks as one tenant sees them; made by the manager's ``at`` for a request or job."""

    specs: Mapping[str, Spec]
    implementations: Mapping[str, tuple[Implementation, ...]]
    watch: Watch
    tenant_id: int
    active: frozenset[str]
    reading: bool = False
    """The caller only reads, so a failed transaction may be rolled back as a whole."""
    monotonic: Callable[[], float] = time.monotonic

    def ask(self, spec: Callable[P, T | None], /, *args: P.args, **values: P.kwargs) -> list[Answer[T]]:
        """Collect contributions, or the verdicts of a decision, sorted by plugin name; values by keyword.

        A contribution that fails is left out. A decision that fails, or that is not asked because the breaker
        is open, counts as the strict answer.
        """
        hook = self._check(spec, values, Family.CONTRIBUTION, Family.DECISION, positional=args)
        strict = STRICT.get(hook.name)
        answers: list[Answer[T]] = []
        for implementation in self._asked(hook):
            outcome = self._call(hook, implementation, values)
            failed = outcome.skipped or outcome.failure is not None
            value = strict if failed else outcome.value
            if value is not None:
                answers.append(Answer(implementation.plugin, value))
        return answers

    def first(self, spec: Callable[P, T | None], /, *args: P.args, **values: P.kwargs) -> Answer[T] | None:
        """Give the first answer, plugins before the core; who fails or passes is followed by the next."""
        hook = self._check(spec, values, Family.ANSWER, positional=args)
        # The core answers last, whatever the names.
        for implementation in sorted(self._asked(hook), key=lambda one: one.is_core):
            outcome = self._call(hook, implementation, values)
            if outcome.value is not None:
                return Answer(implementation.plugin, outcome.value)
        return None

    def run(
        self,
        declared: Answer[Any],
        what: str,
        function: Callable[..., T],
        session: Session,
        *args: Any,
        patient: bool = True,
    ) -> Answer[T] | None:
        """Run a function that a plugin declared, kept apart and timed like a hook.

        ``patient`` is for jobs, whose time nobody waits. ``what`` names the work for the operator, such as
        ``register_digests.items``; arguments follow the session. Gives nothing where it failed, is paused, or its
        plugin does not work here.
        """
        is_core = declared.plugin.startswith(CORE_PREFIX)
        if not is_core and declared.plugin not in self.active:
            return None
        circuit = Circuit(self.tenant_id, declared.plugin, what)
        task = _Task(lambda: function(session, *args), session, self.reading)
        outcome = self._guarded(circuit, task, breakable=not is_core, patient=patient)
        failed = outcome.skipped or outcome.failure is not None
        return None if failed else Answer(declared.plugin, outcome.value)

    def tell(
        self, plugin: str, spec: Callable[P, None], /, *args: P.args, **values: P.kwargs
    ) -> Failure | None:
        """Tell one plugin what happened, in a savepoint; gives the failure, of which the caller makes what it must.

        The outbox retries, so the breaker stays out of it: skipping an event would lose it. A plugin without
        the hook, or not active, is told nothing.
        """
        hook = self._check(spec, values, Family.LIFE, positional=args)
        for implementation in self._asked(hook):
            if implementation.plugin == plugin:
                return self._call(hook, implementation, values).failure
        return None

    def listeners(self, spec: Callable[..., Any]) -> tuple[str, ...]:
        """Name who implements a hook and is active here, sorted."""
        return tuple(implementation.plugin for implementation in self._asked(self.specs[spec.__name__]))

    def _asked(self, hook: Spec) -> list[Implementation]:
        return [one for one in self.implementations[hook.name] if one.is_core or one.plugin in self.active]

    def _check(
        self,
        spec: Callable[..., Any],
        values: Mapping[str, Any],
        *families: Family,
        positional: tuple[Any, ...],
    ) -> Spec:
        """Refuse a call that is wrong by itself, before it is blamed on a plugin."""
        hook = self.specs[spec.__name__]
        if hook.family not in families:
            raise TypeError(f"{hook.name} is a {hook.family}; this call is for {' or '.join(families)}")
        if positional or values.keys() != hook.arguments.keys():
            raise TypeError(f"{hook.name} takes exactly these keywords: {', '.join(sorted(hook.arguments))}")
        return hook

    def _call(self, hook: Spec, implementation: Implementation, values: Mapping[str, Any]) -> _Outcome:
        """Call one plugin's function for a hook."""
        circuit = Circuit(self.tenant_id, implementation.plugin, hook.name)
        wanted = {name: values[name] for name in implementation.arguments}
        alive = hook.family is Family.LIFE
        task = _Task(
            lambda: implementation.function(**wanted),
            values.get("session"),
            self.reading and not alive,
            None if alive else hook.misfit,
        )
        # Carrying a mail takes as long as the network takes, and nobody's page waits for it.
        patient = hook.family is Family.ANSWER
        return self._guarded(
            circuit, task, breakable=not alive and not implementation.is_core, patient=patient
        )

    def _guarded(self, circuit: Circuit, task: _Task, *, breakable: bool, patient: bool) -> _Outcome:
        """Do a plugin's work and note how it went; only the breaker or the plugin's own failure keeps it silent."""
        admission = self.watch.breaker.admit(circuit) if breakable else Admission.CALL
        if admission is Admission.SKIP:
            self.watch.note_skip(circuit)
            return _Outcome(skipped=True)
        settle(task.session)
        value, failure, seconds = self._attempt(circuit, task)
        self.watch.note(circuit, seconds, failure)
        if breakable:
            failed = failure is not None
            if self.watch.breaker.report(circuit, admission, seconds, failed=failed, patient=patient):
                self.watch.note_opened(circuit, seconds, failure)
        return _Outcome(value, failure)

    def _attempt(self, circuit: Circuit, task: _Task) -> tuple[Any, Failure | None, float]:
        begun = self.monotonic()
        try:
            # The savepoint's end flushes the plugin's changes, so their errors belong to the plugin too.
            with kept_whole(task.session, reading=task.reading):
                value = task.work()
        except Exception as error:  # noqa: BLE001 - isolation is what this loop is for; the failure is noted
            seconds = self.monotonic() - begun
            return None, raised(circuit, error, seconds), seconds
        seconds = self.monotonic() - begun
        misfit = "" if value is None or task.misfit is None else task.misfit(value)
        if misfit:
            return None, rubbish(circuit, misfit, seconds), seconds
        return value, None, seconds
