"""``hotline trunk``, ``hotline number`` and ``hotline phone``: what connects a site to the telephone network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.commands.site_door import ask, resting_site, running_site
from core.i18n import _
from core.people.trunk_service import put_did, put_nat, put_trunk
from core.site import Did, Trunk

Home = Annotated[Path, typer.Option(help="The site's data folder.")]


def register(app: typer.Typer) -> None:
    trunk = typer.Typer(help="Trunks to the telephone network.", no_args_is_help=True)
    number = typer.Typer(help="Numbers that callers dial.", no_args_is_help=True)
    app.add_typer(trunk, name="trunk")
    app.add_typer(number, name="number")

    phone = typer.Typer(help="Phones of the house.", no_args_is_help=True)
    app.add_typer(phone, name="phone")

    for group in (trunk, number, phone):

        @group.callback()
        def keep() -> None:
            """Keeps ``set`` a word of its own while it is the only one."""

    @trunk.command("set")
    def set_trunk(
        name: Annotated[str, typer.Argument(help="The trunk's name.")],
        home: Home,
        peer: Annotated[list[str] | None, typer.Option(help="Address calls may come from; may be repeated.")] = None,
        gateway: Annotated[
            list[str] | None, typer.Option(help="HOST[:PORT] that our calls go to; may be repeated, tried in turn.")
        ] = None,
        caller: Annotated[str, typer.Option(help="Number shown to those we call.")] = "",
        untrusted: Annotated[
            bool, typer.Option("--untrusted", help="What it asserts of who calls is not believed.")
        ] = False,
    ) -> None:
        """Make or change a trunk; a running site uses it at once."""
        wanted = Trunk(name, tuple(peer or ()), ",".join(gateway or ()) or None, caller, not untrusted)
        about = running_site(home)
        if about is None:
            with resting_site(home) as session:
                put_trunk(session, wanted)
        else:
            body = {
                "peers": list(wanted.peers),
                "gateway": gateway or None,
                "caller": caller,
                "trusted": wanted.trusted,
            }
            ask(about, "PUT", f"/api/v1/trunks/{name}", body)
        print(_("Trunk {name} is set.", name=name))

    @phone.command("set")
    def set_phone(
        extension: Annotated[str, typer.Argument(help="The phone's extension.")],
        home: Home,
        nat: Annotated[str, typer.Option(help="on, off, or auto: by the address in its Contact.")],
    ) -> None:
        """Say whether a phone is behind NAT; a running site follows at once."""
        about = running_site(home)
        if about is None:
            with resting_site(home) as session:
                put_nat(session, extension, nat)
        else:
            ask(about, "PUT", f"/api/v1/phones/{extension}/nat", {"nat": nat})
        print(_("Phone {extension}: NAT {nat}.", extension=extension, nat=nat))

    @number.command("set")
    def set_number(
        dialled: Annotated[str, typer.Argument(help="The number as the trunk sends it.")],
        target: Annotated[str, typer.Argument(help="flow:ID, queue:ID or extension:N.")],
        home: Home,
    ) -> None:
        """Say where calls to a number lead; a running site follows at once."""
        about = running_site(home)
        if about is None:
            with resting_site(home) as session:
                put_did(session, Did(dialled, target))
        else:
            ask(about, "PUT", f"/api/v1/numbers/{dialled}", {"target": target})
        print(_("{number} leads to {target}.", number=dialled, target=target))
