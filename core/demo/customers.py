"""Invented customers, meters, bills and streets for the demo site. Every name says that it is synthetic."""

from __future__ import annotations

import random

from sqlalchemy.orm import Session

from core.db.tables import AddressRow, BillRow, CustomerPhoneRow, CustomerRow, MeterRow

COUNT = 200
SEED = 20_261_123
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = ("建国", "秀英", "伟", "敏", "静", "丽", "强", "磊", "军", "洋", "艳", "勇", "杰", "娟", "涛", "明", "超", "霞")
# How far east of the centre each lies, in widths of a district.
DISTRICTS = {"演示城东区": 1.5, "演示城西区": -1.5, "演示高新区": -0.5, "演示滨江区": 0.5}
STREETS = ("清泉路", "净水街", "涌泉大道", "碧波路", "甘霖街", "源头巷", "润泽路", "长流街", "晴川路", "水厂东路")
CENTRE = (120.0, 30.0)
PRICE_FEN_PER_M3 = 310


def caller_numbers(count: int = COUNT) -> list[str]:
    """Numbers that are given to nobody: 1390000xxxx. At most 10,000."""
    return [f"1390000{n:04d}" for n in range(count)]


def fill(session: Session, year: int, month: int, count: int = COUNT) -> None:
    """Adds customers with twelve bills up to the month before the given one. Does not commit."""
    chance = random.Random(SEED)
    streets = [
        AddressRow(
            district=district,
            name=f"{district[2:4]}{street}",
            longitude=round(CENTRE[0] + 0.08 * east + chance.uniform(-0.03, 0.03), 5),
            latitude=round(CENTRE[1] + 0.01 * (north - 5) + chance.uniform(-0.004, 0.004), 5),
        )
        for district, east in DISTRICTS.items()
        for north, street in enumerate(STREETS)
    ]
    session.add_all(streets)
    # Of its own, so that a new column changes nothing else of the demo.
    place = random.Random(SEED + 1)
    people: list[CustomerRow] = []
    belongings: list[CustomerPhoneRow | BillRow | MeterRow] = []
    periods = [_months_before(year, month, back) for back in range(12, 0, -1)]
    for number, phone in enumerate(caller_numbers(count), 1):
        street = chance.choice(streets)
        business = chance.random() < 0.1
        name = f"{chance.choice(SURNAMES)}{chance.choice(GIVEN)}"
        door = f"{chance.randint(1, 199)}号{chance.randint(1, 30)}幢{chance.randint(101, 1804)}室"
        customer = CustomerRow(
            id=number,
            account_no=f"D{number:07d}",
            name=f"{name}商行（合成）" if business else f"{name}（合成）",
            kind="business" if business else "residential",
            district=street.district,
            address=f"{street.district}{street.name}{door}",
            longitude=round(street.longitude + place.uniform(-0.012, 0.012), 5),
            latitude=round(street.latitude + place.uniform(-0.002, 0.002), 5),
            synthetic=True,
        )
        people.append(customer)
        belongings.append(CustomerPhoneRow(number=phone, customer_id=number))
        reading = float(chance.randint(100, 3000))
        usual = chance.lognormvariate(2.4, 0.5) * (6 if business else 1)
        for period in periods:
            volume = float(max(1, round(usual * chance.uniform(0.7, 1.4))))
            reading += volume
            belongings.append(
                BillRow(
                    customer_id=number,
                    period=period,
                    volume_m3=volume,
                    amount_fen=round(volume * PRICE_FEN_PER_M3),
                    paid=period != periods[-1] or chance.random() < 0.6,
                ),
            )
        belongings.append(
            MeterRow(
                customer_id=number,
                number=f"DM{number:06d}",
                kind="water",
                diameter_mm=chance.choice((40, 50, 80)) if business else chance.choice((15, 15, 20)),
                last_reading=reading,
                read_on=f"{periods[-1]}-{chance.randint(20, 28)}",
            ),
        )
    session.add_all(people)
    session.flush()
    session.add_all(belongings)
    session.flush()


def _months_before(year: int, month: int, back: int) -> str:
    count = year * 12 + month - 1 - back
    return f"{count // 12}-{count % 12 + 1:02d}"
