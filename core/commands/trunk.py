"""``hotline trunk`` and ``hotline phone``: what connects a site to the telephone network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.clock import utc_now
from core.commands.running import SITE, ask, running_installation, stopped_installation
from core.i18n import _
from core.installation.definition import Trunk
from core.installation.editing import By
from core.installation.trunks import put_nat, put_trunk

Home = Annotated[Path, typer.Option(help="The site's data folder.")]


def register(app: typer.Typer) -> None:
    trunk = typer.Typer(help="Trunks to the telephone network.", no_args_is_help=True)
    app.add_typer(trunk, name="trunk")

    phone = typer.Typer(help="Phones of the house.", no_args_is_help=True)
    app.add_typer(phone, name="phone")

    for group in (trunk, phone):

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
        about = running_installation(home)
        if about is None:
            with stopped_installation(home) as session:
                put_trunk(session, wanted, By(SITE, utc_now()))
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
        about = running_installation(home)
        if about is None:
            with stopped_installation(home) as session:
                put_nat(session, extension, nat, By(SITE, utc_now()))
        else:
            ask(about, "PUT", f"/api/v1/phones/{extension}/nat", {"nat": nat})
        print(_("Phone {extension}: NAT {nat}.", extension=extension, nat=nat))
