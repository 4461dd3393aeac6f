"""Who is signed in, accounts, rights, the audit, customers."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from core.web.shapes import At, Json


class Token(BaseModel):
    access_token: str
    token_type: Literal["bearer"]
    expires_in: int


class Person(BaseModel):
    name: str
    display_name: str
    role: str
    extension: str | None


class Account(Person):
    id: int


class OpenSession(BaseModel):
    began_at: At
    until: At


class AccountWithSessions(Account):
    sessions: list[OpenSession]


class NewAccount(Account):
    """``sip_password`` is the one made for the phone when none was given; it is shown this once."""

    telephony: Literal["reloaded", "pending"]
    sip_password: str = ""


class Ended(BaseModel):
    """``sessions`` is how many were open."""

    name: str
    sessions: int
    telephony: Literal["reloaded", "pending", "unchanged"]
    sip_password: str = ""


class RightAbout(BaseModel):
    about: str
    scopes: list[str]


class RightsTable(BaseModel):
    """``roles`` maps each role to how far each right of it reaches."""

    rights: dict[str, RightAbout]
    roles: dict[str, dict[str, str]]


class RoleRights(BaseModel):
    role: str
    rights: dict[str, str]
    changed: dict[str, dict[str, str]]


class AuditLine(BaseModel):
    id: int
    at: At
    who: str
    action: str
    subject: str
    detail: Json
    hash: str


class Verdict(BaseModel):
    """``broken_at`` is the first line that does not fit the ones before it."""

    whole: bool
    lines: int
    head: str
    broken_at: int | None
    why: str


class Meter(BaseModel):
    number: str
    kind: str
    diameter_mm: int
    last_reading: float
    read_on: str


class Bill(BaseModel):
    """``period`` is ``YYYY-MM``; ``amount_fen`` is money in hundredths of a yuan."""

    period: str
    volume_m3: float
    amount_fen: int
    paid: bool


class Customer(BaseModel):
    """Numbers are masked by right. ``bills`` are the newest first."""

    id: int
    account_no: str
    name: str
    kind: str
    district: str
    address: str
    note: str
    synthetic: bool
    phones: list[str]
    meters: list[Meter]
    bills: list[Bill]
