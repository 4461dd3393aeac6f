"""Notices as HTTP POSTs: to a group robot of WeCom or DingTalk, or to any program that takes JSON.

The body carries the robots' text message (``msgtype``, ``text.content``) and, beside it, the whole notice for
programs; its ``id`` is also the header ``Idempotency-Key``. An answer with ``errcode`` other than 0 is a refusal,
as both robots mean it; without a JSON answer the status alone counts.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import httpx
from pydantic import Field, SecretStr, field_validator

from core.chosen import DriverSettings
from core.clock import iso
from core.errors import DriverBadAnswer, DriverRejected, DriverUnavailable
from core.ports import Notice, Receipt


class WebhookSettings(DriverSettings):
    """``[drivers.webhook]``. ``token`` is sent as ``Authorization: Bearer``."""

    url: SecretStr
    token: SecretStr = SecretStr("")
    timeout_s: float = Field(default=5.0, gt=0, le=30)

    @field_validator("url")
    @classmethod
    def _is_address(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(("http://", "https://")):
            raise ValueError("not an http or https address")
        return value


class WebhookNotifier:
    """One address for all notices. ``timeout_s`` holds for each step of a request; redirects are not followed."""

    Settings = WebhookSettings

    def __init__(self, settings: WebhookSettings) -> None:
        self._url = settings.url.get_secret_value()
        token = settings.token.get_secret_value()
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._timeout_s = settings.timeout_s

    def send(self, notice: Notice) -> Receipt:
        headers = {**self._headers, "Idempotency-Key": notice.id}
        try:
            answer = httpx.post(self._url, json=body(notice), headers=headers, timeout=self._timeout_s)
        except httpx.RemoteProtocolError as garbled:
            raise DriverBadAnswer("The webhook's answer cannot be read.") from garbled
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as away:
            raise DriverUnavailable(
                "The webhook does not answer: {problem}.",
                remedy="Check the url in [drivers.webhook] and the network.",
                problem=type(away).__name__,
            ) from away
        return receipt(answer)


def body(notice: Notice) -> dict[str, Any]:
    content = "\n".join(line for line in (notice.title, notice.text, notice.link) if line)
    whole = {**asdict(notice), "recipients": list(notice.recipients), "at": iso(notice.at)}
    return {"msgtype": "text", "text": {"content": content}, "notice": whole}


def receipt(answer: httpx.Response) -> Receipt:
    if answer.status_code >= 500 or answer.status_code == 429:
        raise DriverUnavailable("The webhook answers {status}.", status=answer.status_code)
    if not answer.is_success:
        raise DriverRejected("The webhook refuses with {status}.", status=answer.status_code)
    if "json" not in answer.headers.get("content-type", ""):
        return Receipt()
    try:
        told = answer.json()
        code = int(told.get("errcode", 0))
    except (ValueError, TypeError, AttributeError) as unreadable:
        raise DriverBadAnswer("The webhook's answer cannot be read.") from unreadable
    if code:
        raise DriverRejected(
            "The webhook refuses: {reason}.", reason=f"{code} {str(told.get('errmsg', ''))[:200]}".strip()
        )
    return Receipt(str(told.get("id", told.get("message_id", "")) or ""))
