"""The rounds, and what the chosen one shows as soon as nobody scores blind in it any more. Nothing here draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.tables import QaScoreRow
from core.errors import HotlineError
from core.installation import steering
from core.installation.service import load_installation
from dashboards.components.names import Names
from dashboards.session import user, web
from qa.calibration import RoundAgreement
from qa.service import forms, rounds
from qa.service.forms import FormRecord
from qa.service.rounds import RoundRecord


@dataclass(frozen=True, slots=True)
class CalibrationRounds:
    """``scored``: the calls of the chosen round that one has scored. ``agreement`` is ``None`` while it goes on, and
    ``problem`` says so."""

    rounds: Sequence[RoundRecord]
    chosen: RoundRecord | None
    form: FormRecord | None
    scored: frozenset[str]
    agreement: RoundAgreement | None
    problem: HotlineError | None
    names: Names


async def calibration(round_id: str) -> CalibrationRounds:
    who = user()

    def work(session: Session) -> CalibrationRounds:
        known = rounds.rounds(session)
        names = Names(load_installation(session), people=steering.display_names(session))
        chosen = next((one for one in known if one.id == round_id), next(iter(known), None))
        if chosen is None:
            return CalibrationRounds([], None, None, frozenset(), None, None, names)
        own = select(QaScoreRow.call_id).where(
            QaScoreRow.round == chosen.id, QaScoreRow.scorer == who.name, QaScoreRow.master.is_(False)
        )
        agreement, problem = None, None
        try:
            agreement = rounds.result(session, chosen.id)
        except HotlineError as goes_on:
            problem = goes_on
        form = forms.version(session, chosen.form, chosen.form_version)
        return CalibrationRounds(known, chosen, form, frozenset(session.scalars(own)), agreement, problem, names)

    return await web().in_session(work)
