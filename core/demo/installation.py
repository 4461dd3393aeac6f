"""The demo site: every queue, agent, number and user in it is invented, and the site says so (``demo=True``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.installation.definition import (
    LOOPBACK,
    Agent,
    BreakReason,
    Calendar,
    Did,
    Flow,
    Installation,
    Queue,
    SipAccount,
    Trunk,
)
from core.installation.service import account_for
from core.people.users import Role
from core.telephony.ivr import DEFAULT_FLOW
from core.workorders.categories import WORKDAYS

REALM = "hotline"
SUPERVISOR_EXTENSION = "8090"

BREAK_REASONS = (
    BreakReason("short", "小休", "Short break"),
    BreakReason("meal", "用餐", "Meal"),
    BreakReason("training", "培训", "Training"),
    BreakReason("meeting", "会议", "Meeting"),
    BreakReason("return_visits", "外呼回访", "Return visits"),
)

# The State Council's arrangement for 2026; later years are entered by the office when they are announced.
HOLIDAYS = (
    *(f"2026-01-0{day}" for day in (1, 2, 3)),
    *(f"2026-02-{day}" for day in range(15, 24)),
    *(f"2026-04-0{day}" for day in (4, 5, 6)),
    *(f"2026-05-0{day}" for day in range(1, 6)),
    *(f"2026-06-{day}" for day in (19, 20, 21)),
    *(f"2026-09-{day}" for day in (25, 26, 27)),
    *(f"2026-10-0{day}" for day in range(1, 8)),
    "2027-01-01",
)
MAKE_UP_DAYS = ("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10")

QUEUES = (
    Queue("general", "综合服务", name_en="General", overflow_waiting=30),
    Queue("repair", "报修抢修", name_en="Repairs", priority=1, skills=("repair",), wrap_up_s=30.0),
    Queue(
        "billing", "水费查询", name_en="Water bills", skills=("billing",), calendar="office", on_closed="queue:general"
    ),
    Queue(
        "complaint",
        "投诉建议",
        name_en="Complaints",
        skills=("complaint",),
        wrap_up_s=40.0,
        on_max_wait="queue:general",
    ),
)

# extension, name, group, queues with level
AGENTS: tuple[tuple[str, str, str, Mapping[str, int]], ...] = (
    ("8001", "王芳", "甲班", {"general": 1, "billing": 1, "complaint": 2}),
    ("8002", "李娜", "甲班", {"general": 1, "repair": 1}),
    ("8003", "张伟", "甲班", {"general": 1, "repair": 1, "complaint": 1}),
    ("8004", "刘洋", "甲班", {"general": 1, "billing": 1}),
    ("8005", "陈静", "乙班", {"general": 1, "billing": 1, "complaint": 1}),
    ("8006", "杨磊", "乙班", {"general": 1, "repair": 1}),
    ("8007", "赵敏", "乙班", {"general": 1, "repair": 2, "billing": 1}),
    ("8008", "黄强", "乙班", {"general": 2, "repair": 1}),
    ("8009", "周婷", "丙班", {"general": 1, "billing": 1, "complaint": 2}),
    ("8010", "吴刚", "丙班", {"general": 1, "repair": 1}),
    ("8011", "徐丽", "丙班", {"general": 1, "repair": 2, "complaint": 1, "billing": 2}),
    ("8012", "孙浩", "丙班", {"general": 2, "repair": 1, "billing": 2}),
)


def agents(count: int) -> tuple[tuple[str, str, str, Mapping[str, int]], ...]:
    """The agents above, and as many more with their groups and skills as a larger house needs."""
    likes = (AGENTS[n % len(AGENTS)] for n in range(max(0, count - len(AGENTS))))
    more = ((str(8101 + n), f"演示坐席{n + 1}", group, queues) for n, (_x, _name, group, queues) in enumerate(likes))
    return (*AGENTS[:count], *more)


@dataclass(frozen=True, slots=True)
class DemoUnit:
    """A unit that does the work of its districts; people are user names."""

    id: str
    name: str
    districts: tuple[str, ...]
    lead: str
    workers: tuple[str, ...]


ORDER_SITES = (
    DemoUnit("east", "演示城东所", ("演示城东区",), "sitemanager", ("worker",)),
    DemoUnit("west", "演示城西所", ("演示城西区",), "sitemanager2", ("worker2",)),
    DemoUnit("hitech", "演示高新所", ("演示高新区",), "sitemanager3", ("worker3",)),
    DemoUnit("river", "演示滨江所", ("演示滨江区",), "sitemanager4", ("worker4",)),
)

# Whoever is rung up by a return visit; the pauses are for what the agent says.
CITIZEN = Flow(
    LOOPBACK,
    1,
    "hello",
    {
        "hello": {
            "kind": "collect",
            "say": "喂，您好，我是演示用户。",
            "timeout_s": 6,
            "next": "well",
            "on_timeout": "well",
        },
        "well": {
            "kind": "collect",
            "say": "已经来人修好了，水也来了，谢谢你们。",
            "timeout_s": 8,
            "next": "bye",
            "on_timeout": "bye",
        },
        "bye": {"kind": "hangup", "say": "好的，再见。"},
    },
)


@dataclass(frozen=True, slots=True)
class DemoUser:
    name: str
    display_name: str
    role: Role
    extension: str | None = None

    @property
    def password(self) -> str:
        return f"demo-{self.name}"


USERS = (
    DemoUser("director", "演示主任", Role.DIRECTOR),
    DemoUser("supervisor", "演示班长", Role.SUPERVISOR, SUPERVISOR_EXTENSION),
    *(DemoUser(f"agent{extension}", name, Role.AGENT, extension) for extension, name, _group, _queues in AGENTS),
    DemoUser("sitemanager", "演示站长", Role.SITE_MANAGER),
    DemoUser("worker", "演示维修工", Role.WORKER),
    *(DemoUser(f"sitemanager{n}", f"演示站长{n}", Role.SITE_MANAGER) for n in (2, 3, 4)),
    *(DemoUser(f"worker{n}", f"演示维修工{n}", Role.WORKER) for n in (2, 3, 4)),
    DemoUser("qa", "演示质检员", Role.QA),
    # Calibration takes three who hear the same call.
    *(DemoUser(f"qa{n}", f"演示质检员{n}", Role.QA) for n in (2, 3)),
    DemoUser("admin", "演示管理员", Role.ADMIN),
    DemoUser("wallboard", "演示大屏", Role.WALLBOARD),
)


def sip_password(extension: str) -> str:
    return f"demo-{extension}"


def demo_installation(size: int = len(AGENTS)) -> Installation:
    """The whole definition, version 1, with so many agents."""
    everybody = agents(size)
    accounts: dict[str, SipAccount] = {
        extension: account_for(extension, REALM, sip_password(extension))
        for extension in (*(agent[0] for agent in everybody), SUPERVISOR_EXTENSION)
    }
    flow = Flow(**DEFAULT_FLOW)
    day = (("08:00", "20:00"),)
    weekend = (("09:00", "17:00"),)
    skills = {queue.id: queue.skills for queue in QUEUES}
    return Installation(
        version=1,
        name="演示供水热线",
        realm=REALM,
        demo=True,
        queues={queue.id: queue for queue in QUEUES},
        agents={
            extension: Agent(
                extension, name, queues, tuple(dict.fromkeys(s for queue in queues for s in skills[queue])), group
            )
            for extension, name, group, queues in everybody
        },
        accounts=accounts,
        trunks={
            "demo": Trunk("demo", ("127.0.0.1",), caller="96000"),
            # Return visits can be tried without a telephone network: whoever is rung up answers from here.
            LOOPBACK: Trunk(LOOPBACK, (), LOOPBACK, "96000"),
        },
        dids={"96000": Did("96000", f"flow:{flow.id}"), "96001": Did("96001", "queue:general")},
        flows={flow.id: flow, LOOPBACK: CITIZEN},
        calendars={
            "office": Calendar("office", (*([day] * 5), weekend, weekend), HOLIDAYS, MAKE_UP_DAYS),
            # Limits in working days: each counts as a whole one.
            WORKDAYS: Calendar(WORKDAYS, (*([(("00:00", "24:00"),)] * 5), (), ()), HOLIDAYS, MAKE_UP_DAYS),
        },
        break_reasons={one.id: one for one in BREAK_REASONS},
    )


def empty_installation(name: str, timezone: str) -> Installation:
    """A site to be filled by its office: reasons to start from, nobody and no number."""
    flow = Flow(**DEFAULT_FLOW)
    served = {queue.id: queue for queue in QUEUES}
    return Installation(
        version=1,
        name=name,
        realm=REALM,
        timezone=timezone,
        queues=served,
        flows={flow.id: flow},
        calendars=demo_installation().calendars,
        break_reasons={one.id: one for one in BREAK_REASONS},
    )


def about(callers: list[str]) -> dict[str, Any]:
    """What a visitor of the demo must know, for ``demo.json``: the passwords are no secret here."""
    return {
        "users": [
            {"name": one.name, "display_name": one.display_name, "password": one.password, "role": one.role.value}
            for one in USERS
        ],
        "accounts": [
            {"extension": extension, "password": sip_password(extension)}
            for extension in (*(agent[0] for agent in AGENTS), SUPERVISOR_EXTENSION)
        ],
        "dids": [{"number": "96000", "name": "语音菜单"}, {"number": "96001", "name": "综合服务队列"}],
        "callers": callers,
    }
