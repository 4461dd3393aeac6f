"""What people write down over HTTP: evidence, consent, import, and what it does to scores."""

import asyncio
import hashlib
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.config import load_settings
from core.db.tables import AuditRow, KpiEvidenceRow, KpiInputRow
from core.people.users import create_user
from tests.core.web.conftest import PASSWORD
from tests.kpi.asking import ask, day
from tests.kpi.schemes.test_check import GOOD

PATH, EVIDENCE = "/api/v1/kpi/inputs", "/api/v1/kpi/evidence"
PERIOD = {"from": day(-7), "to": day(0)}
LINK = "https://files.example/notice"
PDF = b"%PDF-1.7\n% a letter\n"


def told(indicator="manual.commendations", **more):
    return {"indicator": indicator, "who": "8001", "from": day(-3), "to": day(-3), "value": 1, "link": LINK, **more}


async def counted(office):
    return await office.web.in_session(
        lambda session: [session.scalar(select(func.count()).select_from(one)) for one in (KpiInputRow, KpiEvidenceRow)]
    )


async def scored(client, lines, status=200):
    scheme = {**GOOD, "id": "", "from": day(-30), "for": {"post": "agent"}, "lines": lines}
    found = await ask(client, "POST", "/api/v1/kpi/preview", status, json={**PERIOD, "scheme": scheme}, timeout=60)
    return {one["who"]: one["lines"] for one in found["scores"]}


AHT = {"indicator": "aht", "weight": 100, "curve": {"kind": "linear", "floor": 420, "target": 300, "stretch": 240}}
BONUS = {"indicator": "manual.commendations", "weight": 0, "curve": {"kind": "bonus", "each": 2, "most": 6}}
ATTENDANCE = {
    "indicator": "manual.attendance",
    "weight": 60,
    "curve": {"kind": "linear", "floor": 0.8, "target": 0.95, "stretch": 1},
}
TRAINING = {
    "indicator": "manual.training",
    "weight": 40,
    "curve": {"kind": "linear", "floor": 60, "target": 80, "stretch": 100},
}


async def test_an_entry_counts_with_its_numbers_and_its_rows(office):
    client = await office.program("director")
    for one in (
        told(value=2),
        told("manual.attendance", value=4.5, out_of=5, **{"from": day(-7), "to": day(-3)}),
        told("manual.training", value=90),
        told("manual.training", value=70),
        # Partly outside of the period: not counted.
        told(value=9, **{"from": day(-9), "to": day(-6)}),
        told(value=5, who="8002"),
    ):
        await ask(client, "POST", PATH, 201, json=one)
    mine = (await scored(client, [ATTENDANCE, TRAINING, BONUS]))["8001"]
    assert [
        (line["numerator"], line["denominator"], line["sample"], line["value"], line["state"]) for line in mine
    ] == [(4.5, 5, 5, 0.9, "counted"), (160, 2, 2, 80, "counted"), (2, 1, 1, 2, "counted")]
    assert [line["points"] for line in mine] == pytest.approx([60 * 66.666667 / 100, 40, 4])
    assert [line["unit"] for line in mine] == ["share", "number", "number"]
    for line in mine:
        rows = (await ask(client, "GET", line["rows"]))["items"]
        assert sum(one["numerator"] for one in rows) == line["numerator"]
    assert "4.5" in mine[0]["sentence"]
    assert (await scored(client, [ATTENDANCE, TRAINING, BONUS]))["8002"][0]["state"] == "no_data"


async def test_a_line_that_asks_for_consent_counts_what_a_second_person_agreed_to(office):
    director, supervisor = await office.program("director"), await office.program("supervisor")
    lines = [AHT, {**BONUS, "consent": True}]
    entry = await ask(supervisor, "POST", PATH, 201, json=told())
    assert (entry["consent_by"], entry["allowed"]) == ("", ["withdraw"])
    assert (await scored(director, lines))["8001"][1]["value"] == 0
    assert (await scored(director, [AHT, BONUS]))["8001"][1]["value"] == 1
    await ask(supervisor, "POST", f"{PATH}/{entry['id']}/consent", 403)
    agreed = await ask(director, "POST", f"{PATH}/{entry['id']}/consent")
    assert (agreed["consent_by"], agreed["allowed"]) == ("director", ["withdraw"])
    assert "director" in (await ask(director, "POST", f"{PATH}/{entry['id']}/consent", 409))["detail"]
    (before,) = (await scored(director, lines))["8001"][1:]
    assert before["value"] == 1
    await ask(supervisor, "POST", f"{PATH}/{entry['id']}/withdraw", 422, json={"why": ""})
    gone = await ask(supervisor, "POST", f"{PATH}/{entry['id']}/withdraw", json={"why": "twice"})
    assert (gone["state"], gone["withdrawn_by"], gone["withdrawn_why"], gone["allowed"]) == (
        "withdrawn",
        "supervisor",
        "twice",
        [],
    )
    assert (
        "supervisor"
        in (await ask(director, "POST", f"{PATH}/{entry['id']}/withdraw", 409, json={"why": "x"}))["detail"]
    )
    assert (await scored(director, lines))["8001"][1]["value"] == 0
    # What a score from before counted is still found as it was.
    assert [one["id"] for one in (await ask(director, "GET", before["rows"]))["items"]] == [entry["id"]]
    assert (await ask(director, "GET", f"{PATH}?state=standing"))["items"] == []
    wrong = {**GOOD, "lines": [{**AHT, "consent": True}], "for": {"post": "agent"}}
    found = await ask(director, "POST", "/api/v1/kpi/schemes/check", json=wrong)
    assert [one["field"] for one in found["problems"]] == ["lines.0.consent"]


async def test_two_who_agree_at_once_are_told_apart(office):
    await office.web.in_session(lambda session: create_user(session, "other", PASSWORD, "director"))
    entry = await ask(await office.program("supervisor"), "POST", PATH, 201, json=told())
    clients = [await office.program(name) for name in ("director", "other")]
    found = await asyncio.gather(*(one.post(f"{PATH}/{entry['id']}/consent") for one in clients))
    assert sorted(one.status_code for one in found) == [200, 409]
    (lost,) = [one.json() for one in found if one.status_code == 409]
    (won,) = [one.json() for one in found if one.status_code == 200]
    assert won["consent_by"] in lost["detail"]


async def test_evidence_is_kept_closed_and_read_by_few_and_never_inside_a_page(office, home):
    client = await office.program("supervisor")
    made = await ask(client, "POST", f"{EVIDENCE}?name=letter.pdf", 201, content=PDF)
    assert await ask(client, "POST", f"{EVIDENCE}?name=letter.pdf", 200, content=PDF) == made
    assert made["sha256"] == hashlib.sha256(PDF).hexdigest()
    (file,) = [one for one in load_settings(home).evidence_dir.rglob("*") if one.is_file()]
    assert file.read_bytes() == PDF
    assert file.stat().st_mode & 0o077 == 0
    entry = await ask(client, "POST", PATH, 201, json=told(link="", evidence=made["id"]))
    assert entry["evidence"] == made
    read = await client.get(made["file"])
    assert (read.content, read.headers["content-type"]) == (PDF, "application/pdf")
    assert read.headers["content-disposition"].startswith("attachment")
    assert read.headers["x-content-type-options"] == "nosniff"
    agent = await office.program("agent8001")
    (mine,) = (await ask(agent, "GET", PATH))["items"]
    assert mine["evidence"]["name"] == "letter.pdf"
    await ask(agent, "GET", made["file"], 403)
    await ask(agent, "POST", PATH, 403, json=told(who="8002"))
    assert (await ask(await office.program("agent8002"), "GET", f"{PATH}?who=8001"))["items"] == []
    lines = await office.web.in_session(
        lambda session: session.scalars(select(AuditRow.action).where(AuditRow.action.startswith("kpi_"))).all()
    )
    assert lines == ["kpi_evidence_added", "kpi_input_entered", "kpi_evidence_read"]
    file.write_bytes(b"another")
    assert (await ask(client, "GET", made["file"], 503))["remedy"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<script>alert(1)</script>"),
        ("letter.pdf", b"<script>alert(1)</script>"),
        ("picture.png", PDF),
        ("picture.svg", b"<svg/>"),
        ("archive.zip", b"PK\x03\x04nothing"),
        ("sheet.xlsx", b"PK\x03\x04nothing"),
        ("run.exe", b"MZ\x00\x01"),
        ("notes.txt", b"a\x00b"),
        ("notes.txt", b""),
        ("", PDF),
        ("..", PDF),
        ("x" * 150 + ".pdf", PDF),
    ],
)
async def test_a_file_of_another_kind_is_refused_and_nothing_is_kept(office, home, name, content):
    client = await office.program("supervisor")
    refused = await client.post(EVIDENCE, params={"name": name}, content=content)
    assert refused.status_code == 422, refused.text
    assert refused.json()["field"] == "name"
    assert refused.json()["remedy"]
    assert await counted(office) == [0, 0]
    assert not [one for one in load_settings(home).evidence_dir.rglob("*") if one.is_file()]


async def test_evidence_of_200_mb_is_refused_before_it_is_read(office):
    client = await office.program("supervisor")

    async def pieces():
        for _n in range(30):
            yield bytes(1 << 20)

    # Its length is announced: not a byte is waited for.
    port = int(office.url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST {EVIDENCE}?name=a.pdf HTTP/1.1\r\nHost: x\r\nAuthorization: {client.headers['Authorization']}\r\n"
    writer.write(f"{head}Content-Length: {200 << 20}\r\n\r\n".encode())
    assert b" 413 " in await asyncio.wait_for(reader.readline(), 30)
    writer.close()
    # It is not: nothing is kept of what turns out to be too long.
    refused = await client.post(f"{EVIDENCE}?name=a.pdf", content=pieces())
    assert refused.status_code == 413
    assert await counted(office) == [0, 0]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"indicator": "aht"}, "indicator"),
        ({"indicator": "manual.other"}, "indicator"),
        ({"who": "9999"}, "who"),
        ({"kind": "site"}, "who"),
        ({"kind": "user"}, "who"),
        ({"kind": "planet"}, "kind"),
        ({"value": -1}, "value"),
        ({"value": 1.5}, "value"),
        ({"value": 100_000}, "value"),
        ({"value": "NaN"}, "value"),
        ({"out_of": 3}, "out_of"),
        ({"indicator": "manual.attendance"}, "out_of"),
        ({"indicator": "manual.attendance", "value": 6, "out_of": 5}, "value"),
        ({"indicator": "manual.training", "value": 101}, "value"),
        ({"from": day(-2)}, "to"),
        ({"from": "2026-02-30"}, "from"),
        ({"from": "yesterday"}, "from"),
        ({"from": "2020-01-01"}, "to"),
        ({"link": ""}, "evidence"),
        ({"evidence": "e-1"}, "evidence"),
        ({"link": "", "evidence": "e-1"}, "evidence"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"note": "x" * 1001}, "note"),
        ({"note": "a\x00b"}, "note"),
        ({"other": 1}, "other"),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_is_kept(office, change, field):
    refused = await ask(await office.program("supervisor"), "POST", PATH, 422, json={**told(), **change})
    assert refused["field"] == field
    assert refused["remedy"]
    assert await counted(office) == [0, 0]


async def test_nobody_writes_down_anything_of_themselves(office):
    client = await office.program("supervisor")
    await ask(client, "POST", PATH, 403, json=told(kind="user", who="supervisor"))
    entry = await ask(await office.program("director"), "POST", PATH, 201, json=told(kind="user", who="supervisor"))
    await ask(client, "POST", f"{PATH}/{entry['id']}/consent", 403)
    await ask(client, "POST", f"{PATH}/{entry['id']}/withdraw", 403, json={"why": "x"})


async def test_a_repeated_request_makes_nothing_twice(office):
    client = await office.program("supervisor")
    made = await ask(client, "POST", PATH, 201, json=told(), headers={"Idempotency-Key": "k"})
    assert await ask(client, "POST", PATH, 200, json=told(), headers={"Idempotency-Key": "k"}) == made
    await ask(client, "POST", PATH, 409, json=told(value=2), headers={"Idempotency-Key": "k"})
    assert (await counted(office))[0] == 1


async def test_attendance_of_the_same_days_is_written_down_once(office):
    client = await office.program("supervisor")
    days = {"from": day(-5), "to": day(-3)}
    first = told("manual.attendance", value=3, out_of=3, **days)
    entry = await ask(client, "POST", PATH, 201, json=first)
    for more in (days, {"from": day(-3), "to": day(-3)}, {"from": day(-9), "to": day(-1)}):
        refused = await ask(client, "POST", PATH, 422, json={**first, **more})
        assert refused["field"] == "from"
    await ask(client, "POST", PATH, 201, json={**first, "from": day(-2), "to": day(-1)})
    await ask(client, "POST", PATH, 201, json={**first, "who": "8002"})
    await ask(client, "POST", f"{PATH}/{entry['id']}/withdraw", json={"why": "wrong"})
    await ask(client, "POST", PATH, 201, json=first)


HEAD = "indicator,who,from,to,value,out_of,note,link"


def sheet(*rows, head=HEAD):
    return "\r\n".join((head, *rows))


async def take(client, text, status=201, encoding="utf-8", **more):
    return await ask(client, "POST", f"{PATH}/import", status, content=text.encode(encoding), params=more)


async def test_a_sheet_is_taken_in_whole_and_twice_is_once(office):
    client = await office.program("supervisor")
    d = day(-3)
    text = sheet(
        f"manual.attendance,8001,{d},{d},1,1,,",
        f'manual.commendations,8002,{d},{d},2,,"谢谢, 来信",{LINK}',
    )
    made = await take(client, text)
    assert (made["rows"], made["new"]) == (2, True)
    assert await take(client, text, 200) == {**made, "new": False}
    rows = (await ask(client, "GET", f"{PATH}?batch={made['batch']}"))["items"]
    assert [(one["who"], one["numerator"], one["note"]) for one in rows] == [("8002", 2, "谢谢, 来信"), ("8001", 1, "")]
    assert (rows[0]["link"], rows[0]["evidence"]) == (LINK, None)
    assert (await client.get(rows[1]["evidence"]["file"])).content == text.encode()


async def test_a_sheet_as_chinese_spreadsheets_save_it(office):
    client = await office.program("supervisor")
    d = day(-3).replace("-", "/").replace("/0", "/")
    text = sheet(f"表扬,8001,坐席,{d},{d},1,", head="指标,工号,类别,开始日期,结束日期,数值,说明")
    for encoding in ("gb18030", "utf-8-sig"):
        made = await take(client, text, encoding=encoding)
        (row,) = (await ask(client, "GET", f"{PATH}?batch={made['batch']}"))["items"]
        assert (row["indicator"], row["from"]) == ("manual.commendations", day(-3))


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("", ["file"]),
        (HEAD, ["file"]),
        (sheet("a", head="what,who"), ["file"]),
        (sheet("a", head="indicator,who,from,to"), ["file"]),
        (sheet(f'manual.training,8001,"{day(-3)},,'), ["file"]),
        (sheet(f"manual.training,8001,{day(-3)},{day(-3)},good,,,"), ["rows.1.value"]),
        (
            sheet(
                f"manual.training,8001,{day(-3)},{day(-3)},90,,,",
                f"manual.training,9999,{day(-3)},{day(-3)},90,,,",
                f"manual.attendance,8001,{day(-3)},{day(-3)},90,,,",
                f"aht,8001,{day(-3)},2026-13-01,90,,,",
            ),
            ["rows.2.who", "rows.3.out_of", "rows.4.indicator", "rows.4.to"],
        ),
        (
            sheet(
                f"manual.attendance,8001,{day(-4)},{day(-3)},1,2,,",
                f"manual.attendance,8001,{day(-3)},{day(-3)},1,1,,",
            ),
            ["rows.2.from"],
        ),
    ],
)
async def test_a_sheet_with_a_wrong_row_is_refused_as_a_whole(office, home, text, fields):
    refused = await take(await office.program("supervisor"), text, 422)
    assert [one["field"] for one in refused.get("errors") or [refused]] == fields
    assert await counted(office) == [0, 0]
    assert not [one for one in Path(load_settings(home).evidence_dir).rglob("*") if one.is_file()]
