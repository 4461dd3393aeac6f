"""What pages load: named by its content, packed once, and all that a script leads to is known beforehand."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from starlette.requests import Request

from dashboards.files import FOLDER, IMPORT, SCRIPT, WORKLET, Files
from dashboards.pages import PAGES


@pytest.fixture
def files(tmp_path: Path) -> Files:
    for name, text in {
        "base": "export const one = 1;\n",
        "middle": 'import { one } from "./base.js";\nexport const two = one + 1;\n',
        "page": 'import "./base.js";\nimport { two } from "./middle.js";\nnew URL("./sound.js", import.meta.url);\n',
        "sound": "registerProcessor();\n",
        "left": 'import "./right.js";\n',
        "right": 'import "./left.js";\n',
    }.items():
        (tmp_path / f"{name}.js").write_text(text)
    return Files(tmp_path)


def request(path: str, taken: str = "gzip", **more: str) -> Request:
    headers = {"accept-encoding": taken, **{name.replace("_", "-"): value for name, value in more.items()}}
    found = [(name.encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "path": path, "headers": found})


async def text_of(files: Files, address: str) -> str:
    return gzip.decompress(bytes((await files.answer(request(address))).body)).decode()


async def test_a_script_asks_for_others_by_their_hashed_names_and_the_page_is_told_of_them_all(files):
    page = files.module("page")
    text = await text_of(files, page.address)
    named = re.findall(r'"\./([\w-]+-[0-9a-f]{16}\.js)"', text)
    assert len(named) == 3
    assert all(f"/res/{name}" in files.at for name in named)
    assert [re.sub(r"-[0-9a-f]+", "", one) for one in page.leads_to] == [
        "/res/base.js",
        "/res/middle.js",
        "/res/page.js",
    ]


async def test_a_change_anywhere_below_changes_the_names_above(files):
    before = files.module("page").address
    (files.folder / "base.js").write_text("export const one = 2;\n")
    again = Files(files.folder)
    assert again.module("page").address != before
    assert again.module("sound").address == files.module("sound").address


def test_scripts_in_a_circle_are_refused_by_name(files):
    with pytest.raises(ValueError, match="left → right → left"):
        files.module("left")


async def test_who_takes_no_gzip_gets_the_plain_file_and_a_file_is_read_once(files):
    address = files.put("a.js", SCRIPT, b"let a = 1;")
    packed = await files.answer(request(address))
    plain = await files.answer(request(address, "br"))
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(packed.body) == plain.body == b"let a = 1;"
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert (await files.answer(request(address))).body is packed.body


async def test_what_a_browser_has_is_not_sent_again(files):
    address = files.put("a.js", SCRIPT, b"let a = 1;")
    mark = (await files.answer(request(address))).headers["etag"]
    again = await files.answer(request(address, if_none_match=f'W/{mark}, "other"'))
    assert (again.status_code, again.body) == (304, b"")
    assert (await files.answer(request(address, if_none_match='"other"'))).status_code == 200


def test_every_script_and_stylesheet_is_some_pages():
    files = Files()
    names = {"shell", "alerts", *(name for page in PAGES for name in page.scripts)}
    reached = set()
    while names:
        name = names.pop()
        reached.add(name)
        text = (FOLDER / f"{name}.js").read_text("utf-8")
        names |= {*IMPORT.findall(text), *WORKLET.findall(text)} - reached
        files.module(name)
    assert reached == {path.stem for path in FOLDER.glob("*.js")}
    styles = {"base", "alerts", "pages", "phone", *(name for page in PAGES for name in page.styles)}
    assert styles == {path.stem for path in FOLDER.glob("*.css")}


def test_no_import_escapes_the_renaming():
    """One that is written otherwise would be asked for by a name that is not there."""
    for path in FOLDER.glob("*.js"):
        # Types in comments are no imports of the browser's.
        text = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)
        # One that is imported when it is needed is named as a worklet is.
        later = text.count("import(new URL(")
        imports = len(re.findall(r"^\s*import\b|\bimport\(", text, re.MULTILINE))
        assert imports == len(IMPORT.findall(text)) + later, path.name
        assert text.count("import.meta.url") == len(WORKLET.findall(text)), path.name
