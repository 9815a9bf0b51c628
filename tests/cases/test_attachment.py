"""Files on a client: what is kept, what is refused and why, who opens them, and that they go in time."""

import io
import zipfile
import zlib
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from cases.attachments import BIGGEST
from cases.models import Attachment, AttachmentContent
from cases.services.attachment import content_of, purge_attachments
from centers.models import Role
from tests.data.pictures import JPEG, SIGNATURE, WEBP, head, part, png
from tests.make import PDF, everywhere, make_attachment, make_client, make_pair, make_session, make_user, place
from tests.support import as_owner, run_together

PNG = png()
WORD, SHEET = "wordprocessingml.document.main+xml", "spreadsheetml.sheet.main+xml"
HANGUL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504 + b"HWP Document File" + b"\x00" * 15


def packed(*names: str, said: str = WORD, where: str = "[Content_Types].xml") -> bytes:
    """An archive with these parts; one of them says what the whole is."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name, text in ((where, said), *((name, "x") for name in names)):
            made.writestr(zipfile.ZipInfo(name), text)  # of no time: two workers make the same
    return file.getvalue()


def attached() -> list[Attachment]:
    with everywhere():
        return list(Attachment.objects.order_by("pk"))


@pytest.fixture
def counsellor(client):
    user = make_user(Role.COUNSELLOR, official=False)
    client.force_login(user)
    return user


def send(client, person, name: str, content: bytes, **fields):
    file = SimpleUploadedFile(name, content)
    return client.post(f"/clients/{person.pk}/attachments/new/", {"file": file, "kind": "other"} | fields)


@pytest.mark.django_db
class AttachTests:
    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("계약서.pdf", PDF),
            ("a.PNG", PNG),
            ("a.jpeg", JPEG),
            ("of_a_telephone.jpg", JPEG + b"a film that the camera puts behind it"),
            ("a.webp", WEBP),
            ("a.docx", packed("word/document.xml")),
            ("a.xlsx", packed("xl/workbook.xml", said=SHEET)),
            ("a.hwpx", packed("Contents/content.hpf", where="mimetype", said="application/hwp+zip")),
            ("a.hwp", HANGUL),
        ],
    )
    def test_comes_back_as_it_was_sent_and_lies_encrypted(self, client, counsellor, name, content):
        person = make_client()
        assert send(client, person, name, content).status_code == 302
        [row] = attached()
        answer = client.get(row.get_absolute_url())
        assert answer.content == content
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]
        with everywhere():
            assert content[:30] not in bytes(AttachmentContent.objects.get().sealed)
        assert name in client.get(person.get_absolute_url()).content.decode()

    def test_a_refused_upload_keeps_what_else_was_chosen(self, client, counsellor):
        person = make_client()
        session = make_session(client=person)
        answer = send(client, person, "lie.pdf", PNG, kind="employment", session=session.pk)
        form = answer.context["form"]
        assert (form["kind"].value(), form["session"].value()) == ("employment", str(session.pk))
        text = answer.content.decode()
        assert f'<option value="{session.pk}" selected' in text
        assert '<option value="employment" selected' in text

    def test_a_script_is_told_where_it_leads(self, client, counsellor):
        person = make_client()
        file = SimpleUploadedFile("a.pdf", PDF)
        address = f"/clients/{person.pk}/attachments/new/"
        answer = client.post(address, {"file": file, "kind": "other"}, headers={"accept": "application/json"})
        assert (answer.status_code, answer.json()["url"]) == (201, person.get_absolute_url())

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("lie.pdf", b"<html><script>alert(1)</script></html>"),
            ("lie.jpg", PDF),
            ("lie.png", b"MZ\x90\x00" + b"\x00" * 60),
            ("head_alone.png", SIGNATURE + b"\x00\x00\x00\rIHDR" + b"\x00" * 40),
            ("cut.png", PNG[:-1]),
            ("with_more_behind.png", PNG + b"<script>alert(1)</script>"),
            ("changed.png", PNG.replace(b"IDAT", b"IDAX")),
            ("without_a_point.png", SIGNATURE + head(0, 1) + part(b"IDAT", zlib.compress(b"")) + part(b"IEND")),
            ("without_lines.png", SIGNATURE + head(1, 1) + part(b"IEND")),
            ("not_packed.png", SIGNATURE + head(1, 1) + part(b"IDAT", b"#!/bin/sh") + part(b"IEND")),
            ("too_few_lines.png", png(lines=b"\x00" * 7)),
            ("too_many_lines.png", png(lines=b"\x00" * 22)),
            ("bomb.png", png(4, 4, lines=b"\x00" * 50_000_000)),
            ("too_large.png", SIGNATURE + head(2**31 - 1, 2**31 - 1) + part(b"IDAT", b"x") + part(b"IEND")),
            ("head_alone.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 20),
            ("cut.jpg", JPEG[:-2]),
            ("head_alone.webp", b"RIFF\x1a\0\0\0WEBPVP8L" + b"\x00" * 14),
            ("cut.webp", WEBP[:-4]),
            ("lie.docx", packed("xl/workbook.xml", said=SHEET)),
            ("says_nothing.docx", packed("word/document.xml", said="<x/>")),
            ("with_a_program.docx", packed("word/document.xml", "evil.EXE")),
            ("without_its_list.hwpx", packed("Contents/content.hpf", where="other", said="application/hwp+zip")),
            ("other.hwp", HANGUL[:100]),
            ("program.docx", b"MZ a program" + packed("word/document.xml")),
            ("macro.docx", packed("word/document.xml", "word/vbaProject.bin")),
            ("lie.hwpx", b"PK\x03\x04 no archive"),
            ("page.html", b"<html></html>"),
            ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
            ("program.exe", b"MZ\x90\x00"),
            ("empty.pdf", b""),
            ("big.pdf", b"%PDF-1.4\n" + b"\x00" * BIGGEST),
            ("noending", PDF),
        ],
    )
    def test_what_lies_about_its_type_is_refused_and_nothing_is_kept(self, client, counsellor, name, content):
        person = make_client()
        answer = send(client, person, name, content, kind="employment")
        assert answer.status_code == 400
        assert answer.context["form"].errors["file"]
        assert answer.context["form"]["kind"].value() == "employment"
        assert attached() == []

    def test_the_name_is_shown_and_leads_nowhere(self, client, counsellor):
        person = make_client()
        send(client, person, "..\\..\\evil\u202efdp.pdf", PDF)
        [row] = attached()
        assert row.name == "evilfdp.pdf"

    def test_belongs_to_a_session_of_the_client_alone(self, client, counsellor):
        person = make_client()
        own, other = make_session(client=person), make_session(client=make_client())
        assert send(client, person, "a.pdf", PDF, session=other.pk).status_code == 400
        assert send(client, person, "a.pdf", PDF, session=own.pk).status_code == 302
        assert attached()[0].session_id == own.pk

    def test_the_same_file_twice_is_kept_once(self, client, counsellor):
        person = make_client()
        for _ in range(2):
            assert send(client, person, "a.pdf", PDF).status_code == 302
        assert len(attached()) == 1

    def test_deleted_and_taken_back_and_gone_after_a_week(self, client, counsellor):
        person = make_client()
        row = make_attachment(person)
        client.post(f"/attachments/{row.pk}/delete/")
        assert client.get(row.get_absolute_url()).status_code == 404
        assert client.post(f"/attachments/{row.pk}/restore/").status_code == 302
        assert client.get(row.get_absolute_url()).status_code == 200
        client.post(f"/attachments/{row.pk}/delete/")
        assert purge_attachments() == 0
        with everywhere():
            Attachment.objects.update(deleted_at=timezone.now() - timedelta(days=8))
        assert purge_attachments() == 1
        assert client.post(f"/attachments/{row.pk}/restore/").status_code == 404
        assert len(attached()) == 1  # that there was one is still known

    def test_what_is_over_is_not_given_out(self, client, counsellor):
        row = make_attachment(make_client())
        with everywhere():
            Attachment.objects.update(expires_on=timezone.localdate() - timedelta(days=1))
        assert client.get(row.get_absolute_url()).status_code == 404
        assert purge_attachments() == 1

    def test_what_was_changed_on_the_disk_is_not_given_out(self, client, counsellor):
        one, other = make_attachment(make_client()), make_attachment(make_client(), content=PNG, name="a.png")
        with everywhere():
            content = AttachmentContent.objects.get(attachment=other)
            AttachmentContent.objects.filter(attachment=one).update(sealed=content.sealed)
            with pytest.raises(InvalidTag):
                content_of(Attachment.objects.select_related("content").get(pk=one.pk))


@pytest.mark.django_db
class WhoTests:
    def test_an_official_sees_no_file_that_is_for_counsellors(self, client):
        person, counsellor = make_client(), make_user(Role.COUNSELLOR, official=False)
        health, letter = make_attachment(person, kind="health"), make_attachment(person, "a.png", PNG, kind="official")
        client.force_login(make_user(Role.COUNSELLOR, official=True))
        assert client.get(health.get_absolute_url()).status_code == 404
        assert client.get(letter.get_absolute_url()).status_code == 200
        assert send(client, person, "b.pdf", PDF + b"\n", kind="harm").status_code == 400
        client.force_login(counsellor)
        assert client.get(health.get_absolute_url()).status_code == 200

    def test_another_workspace_knows_of_none(self, client):
        row = make_attachment(make_client())
        client.force_login(make_user(Role.COUNSELLOR, "52130-c1"))
        for page in (row.get_absolute_url(), f"/attachments/{row.pk}/delete/"):
            assert client.get(page).status_code == 404

    def test_moves_with_a_merge_and_back(self, client, counsellor):
        kept, gone = make_client(), make_client()
        row = make_attachment(gone)
        pair = make_pair(kept, gone)
        client.post(f"{pair.get_absolute_url()}merge/", {"keep": kept.pk})
        assert attached()[0].client_id == kept.pk
        assert client.get(row.get_absolute_url()).content == PDF


def test_a_button_pressed_twice_keeps_one(committed):
    from cases.models import AttachmentKind
    from cases.services.attachment import attach
    from centers.scope import acting_for

    user, person = make_user(Role.COUNSELLOR), make_client()
    kind = AttachmentKind.objects.get(pk="other")

    def press():
        with acting_for([place().pk], actor=user):
            attach(actor=user, client=person, kind=kind, name="a.pdf", content=PDF)
        connection.close()

    run_together(press, press, press)
    with as_owner(committed) as owner:
        assert owner.execute("SELECT count(*) FROM cases_attachment").fetchone() == (1,)
