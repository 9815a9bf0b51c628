"""Static files as an installation of one's own serves them: collected, packed, and named by what is in them."""

import gzip
import re

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import Client as Browser
from django.urls import reverse

LINKED = re.compile(r'(?:href|src)="(/static/[^"]+)"')
RELATIVE = re.compile(r"""\b(?:from|import)\s*\(?\s*['"]\./([^'"]+)['"]""")
HASHED = re.compile(r"\.[0-9a-f]{12}\.[a-z]+$")


@pytest.fixture
def folder(tmp_path, settings):
    """An installation of one's own whose files would be collected in this folder."""
    settings.EMBEDDED = False
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = dict(settings.STORAGES)  # the storage is made anew, and knows the folder
    return tmp_path


@pytest.fixture
def collected(folder, settings):
    call_command("collectstatic", verbosity=0, interactive=False)
    settings.STORAGES = dict(settings.STORAGES)  # and again, to read what was collected
    return folder


def linked(browser: Browser) -> list[str]:
    """The files that the sign-in page brings along."""
    return LINKED.findall(browser.get(reverse("account_login"), secure=True).content.decode())


@pytest.mark.django_db
class CollectedTests:
    def test_each_file_is_named_by_its_content_packed_and_kept_for_ever(self, collected):
        browser = Browser(SERVER_NAME="localhost", headers={"accept-encoding": "gzip"})
        files = linked(browser)
        assert len(files) > 5
        for path in files:
            answer = browser.get(path, secure=True)
            assert HASHED.search(path), path
            assert answer.status_code == 200, path
            assert "immutable" in answer["Cache-Control"], path
            assert answer.get("Content-Encoding") == "gzip", path
            assert (collected / f"{path.removeprefix('/static/')}.gz").exists(), path
            answer.close()

    def test_scripts_name_each_other_by_content(self, collected):
        scripts = [path.read_text() for path in (collected / "js").glob("*.js") if HASHED.search(path.name)]
        named = [name for script in scripts for name in RELATIVE.findall(script)]
        assert len(named) >= 3
        for name in named:
            assert HASHED.search(name), name
            assert (collected / "js" / name).exists(), name

    def test_the_embedded_installation_serves_the_tree(self, collected, settings):
        settings.EMBEDDED = True
        assert staticfiles_storage.url("css/tokens.css") == "/static/css/tokens.css"

    def test_where_nothing_was_collected_the_tree_is_served(self, folder):
        browser = Browser(SERVER_NAME="localhost")
        for path in linked(browser):
            answer = browser.get(path, secure=True)
            assert not HASHED.search(path), path
            assert answer.status_code == 200, path
            answer.close()

    def test_what_nobody_packed_is_packed_on_its_way_for_those_who_can_unpack_it(self, folder):
        able, unable = (
            Browser(SERVER_NAME="localhost", headers=headers) for headers in ({"accept-encoding": "gzip"}, {})
        )
        for path in linked(able):
            packed, plain = (b"".join(browser.get(path, secure=True)) for browser in (able, unable))
            assert gzip.decompress(packed) == plain, path

    def test_a_page_is_not_packed(self):
        browser = Browser(SERVER_NAME="localhost", headers={"accept-encoding": "gzip"})
        assert "Content-Encoding" not in browser.get(reverse("account_login"), secure=True)
