# ruff: noqa: E501 - mails and exports are written as they are
import contextlib
import time
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from conversation import Centre, CustomerKeys, ImportOptions, read_conversation, read_conversations
from conversation.errors import BadInput, ConversationUnreadable
from conversation.mail import conversations_of_mails, parse_mail
from conversation.reading import read_mail_threads


def mail(number, sender, to, text, *, answers=None, subject="Panne", **fields):
    head = {
        "From": sender, "To": to, "Subject": subject, "Message-ID": f"<m{number}@x.example>",
        "Date": f"Mon, 0{number} Mar 2025 10:12:00 +0100", **fields,
    }  # fmt: skip
    if answers:
        head["In-Reply-To"] = f"<m{answers}@x.example>"
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return (
        f"{lines}MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    ).encode()


ANNE, SERVICE = "Anne Roy <anne.roy@gmail.com>", "Fibre Plus <service.clients@fibre.example>"
THREAD = (
    mail(1, ANNE, SERVICE, "Bonjour,\n\nMa box ne s'allume plus depuis hier soir."),
    mail(2, SERVICE, ANNE, "Bonjour, l'avez-vous débranchée dix minutes ?\n\n"
         "Le 01/03/2025 à 10:12, Anne Roy <anne.roy@gmail.com> a écrit :\n> Bonjour,\n>\n"
         "> Ma box ne s'allume plus depuis hier soir.", answers=1, subject="RE: Panne"),
    mail(3, ANNE, SERVICE, "Oui, sans effet.\n\nLe 02/03/2025 à 10:12, Fibre Plus "
         "<service.clients@fibre.example> a écrit :\n> Bonjour, l'avez-vous débranchée dix minutes ?",
         answers=2, subject="Re: Panne"),
)  # fmt: skip


def test_a_thread_is_one_conversation_and_nothing_is_said_twice(tmp_path):
    paths = []
    for number in (2, 0, 1):
        paths.append(tmp_path / f"m{number}.eml")
        paths[-1].write_bytes(THREAD[number])
    (conversation,) = read_mail_threads(paths)
    assert [(turn.speaker, turn.text) for turn in conversation.turns] == [
        ("customer", "Bonjour,\n\nMa box ne s'allume plus depuis hier soir."),
        ("agent", "Bonjour, l'avez-vous débranchée dix minutes ?"),
        ("customer", "Oui, sans effet."),
    ]
    assert conversation.metadata["subject"] == "Panne"
    assert conversation.metadata["mail"]["history_lines_repeated"] == 3
    assert conversation.direction == "inbound"


def test_a_mailbox_of_two_threads_gives_two_conversations(tmp_path):
    other = mail(4, "Luc <luc@free.fr>", SERVICE, "Ma facture ?", subject="Facture")
    path = tmp_path / "boite.mbox"
    path.write_bytes(
        b"".join(b"From x@y Mon Mar  3 10:12:00 2025\n" + one + b"\n" for one in (*THREAD, other))
    )
    found = read_conversations(path)
    assert [len(one.turns) for one in found] == [3, 1]
    assert len({one.id for one in found}) == 2
    with pytest.raises(ConversationUnreadable, match="2 conversations"):
        read_conversation(path)


def test_a_message_that_cannot_be_read_does_not_fail_its_mailbox(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr("conversation.mail.mailbox.MAX_MAIL_BYTES", 5000)
    monkeypatch.setattr("conversation.mail.mime.MAX_MAIL_BYTES", 5000)
    path = tmp_path / "boite.mbox"
    bad = (b"no header at all\n", mail(5, ANNE, SERVICE, "trop long " * 2000))
    path.write_bytes(
        b"".join(
            b"From x@y Mon Mar  3 10:12:00 2025\n" + one + b"\n"
            for one in (THREAD[0], *bad, *THREAD[1:])
        )
    )
    (conversation,) = read_conversations(path)
    assert len(conversation.turns) == 3
    assert [record.getMessage()[:22] for record in caplog.records] == [
        "left out: boite.mbox#2", "left out: boite.mbox#3"
    ]  # fmt: skip
    path.write_bytes(b"From x@y Mon Mar  3 10:12:00 2025\n" + bad[0])
    with pytest.raises(ConversationUnreadable, match=r"boite\.mbox#1"):
        read_conversations(path)


def test_history_that_is_only_quoted_becomes_a_turn_where_its_header_can_be_read():
    (conversation,) = conversations_of_mails([parse_mail(THREAD[2], source="a")], name="a.eml")
    assert [turn.speaker for turn in conversation.turns] == ["agent", "customer"]
    vague = (
        THREAD[2]
        .replace("Le 02/03/2025 à 10:12, Fibre Plus".encode(), b"Quelqu'un")
        .replace(b"<service.clients@fibre.example> a \xc3\xa9crit :\n", b"\n\n")
    )
    (conversation,) = conversations_of_mails([parse_mail(vague, source="a")], name="a.eml")
    assert [turn.speaker for turn in conversation.turns] == ["customer"]
    assert "cut_lines" in conversation.metadata["mail"]["messages"][0]


def test_an_answer_written_into_an_unmarked_quotation_is_kept():
    asked = mail(1, SERVICE, ANNE, "Pouvez-vous nous donner le numéro de série de votre box ?\n"
                 "Nous avons aussi besoin de la couleur du voyant principal.")  # fmt: skip
    answered = mail(
        2, ANNE, SERVICE, "Mes réponses en rouge.\n\nDe : Fibre Plus <service.clients@fibre.example>\n"
        "Envoyé : samedi 1 mars 2025 10:12\nÀ : Anne\nObjet : Panne\n\n"
        "Pouvez-vous nous donner le numéro de série de votre box ?\n"
        "il est écrit FB-4471-Z sous la boîte\n"
        "Nous avons aussi besoin de la couleur du voyant principal.", answers=1,
    )  # fmt: skip
    mails = [parse_mail(raw, source="x") for raw in (asked, answered)]
    (conversation,) = conversations_of_mails(mails, name="x")
    assert [turn.speaker for turn in conversation.turns] == ["agent", "customer"]
    assert "FB-4471-Z" in conversation.turns[1].text
    assert conversation.direction == "outbound"


def test_the_centre_decides_who_is_agent_and_the_key_tells_no_address():
    options = ImportOptions(
        centre=Centre.from_values(["fibre.example"]), keys=CustomerKeys(b"k" * 32)
    )
    (conversation,) = conversations_of_mails(
        [parse_mail(raw, source="x") for raw in THREAD], name="x", options=options
    )
    assert conversation.metadata["customer_key"] == options.keys.key_of("Anne.Roy@gmail.com")
    assert conversation.participants[0].key == conversation.metadata["customer_key"]
    assert conversation.participants[1].key is None


@pytest.mark.parametrize(
    ("stated", "codec"),
    [("windows-1252", "cp1252"), ("iso-8859-15", "iso-8859-15"), ("utf-8", "cp1252"),
     ("us-ascii", "utf-8"), ("x-unknown", "utf-8"), ("iso-8859-1", "cp1252")],
)  # fmt: skip
def test_accents_are_read_whatever_character_set_is_stated(stated, codec):
    head = f"From: a@b.fr\nSubject: x\nContent-Type: text/plain; charset={stated}\n"
    raw = f"{head}Content-Transfer-Encoding: 8bit\n\n".encode() + "Déçu, coût 12 €".encode(codec)
    assert parse_mail(raw, source="x").text.strip() == "Déçu, coût 12 €"


def test_html_alone_is_read_and_attachments_are_named_not_read():
    message = EmailMessage()
    message["From"], message["Subject"] = ANNE, "Réclamation « été »"
    message.set_content(
        "<html><head><style>p{}</style></head><body><div style='display:none'>caché</div>"
        "<p>Bonjour,</p><p>Je suis <b>très</b> déçue.</p><div>Le 3 mars 2025 à 10:12, Service "
        "&lt;s@x.example&gt; a écrit :</div><blockquote>Patientez.</blockquote></body></html>",
        subtype="html",
    )
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="reçu été.pdf")
    read = parse_mail(message.as_bytes(), source="x")
    assert read.subject == "Réclamation « été »"
    assert [(one.name, one.size_bytes) for one in read.attachments] == [("reçu été.pdf", 4)]
    (conversation,) = conversations_of_mails([read], name="x")
    assert conversation.turns[-1].text == "Bonjour,\n\nJe suis très déçue."
    assert conversation.turns[0].text == "Patientez."


def test_an_enclosed_message_is_a_turn_of_its_own():
    inner = EmailMessage()
    inner["From"], inner["Date"] = "Nadia <nadia@gmail.com>", "Sat, 01 Mar 2025 08:00:00 +0100"
    inner.set_content("Je réclame le remboursement de ma place.")
    outer = EmailMessage()
    outer["From"], outer["To"] = "Agence <agence@gares.example>", SERVICE
    outer["Date"] = "Mon, 03 Mar 2025 10:12:00 +0100"
    outer.set_content("Pour suite à donner.")
    outer.add_attachment(inner)
    (conversation,) = conversations_of_mails(
        [parse_mail(outer.as_bytes(), source="x")], name="x",
        options=ImportOptions(centre=Centre.from_values(["gares.example", "fibre.example"])),
    )  # fmt: skip
    assert [turn.speaker for turn in conversation.turns] == ["customer", "agent"]


def test_flowed_paragraphs_are_put_together():
    raw = (b"From: a@b.fr\nSubject: x\nContent-Type: text/plain; format=flowed\n\n"
           b"Une phrase \ncoupee en deux.\n> citee \n> aussi\n")  # fmt: skip
    assert parse_mail(raw, source="x").text.startswith("Une phrase coupee en deux.\n> citee aussi")


@pytest.mark.parametrize(
    ("fields", "kind"),
    [({"Auto-Submitted": "auto-replied"}, "auto_reply"),
     ({"Subject": "Réponse automatique : Panne"}, "auto_reply"),
     ({"From": "MAILER-DAEMON@x.example", "Subject": "Undelivered Mail"}, "bounce"),
     ({"Precedence": "bulk"}, "notification"), ({}, None)],
)  # fmt: skip
def test_what_a_machine_wrote_is_recognised(fields, kind):
    assert parse_mail(mail(1, ANNE, SERVICE, "x", **fields), source="x").automatic == kind


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"From: a@b.fr\nContent-Type: multipart/mixed; boundary=b\n\n"
         + b"--b\n\nx\n" * 10_000, "1000 parts"),
        (b"From: a@b.fr\n" + b"".join(
            b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n)
            for n in range(900)), "levels|told apart"),
        (b"From: a@b.fr\nX: " + b"y" * 600_000, "512 kB"),
        (b"Ceci n'est pas un message.\n\nrien", "no header field"),
        (b"From: a@b.fr\n\n" + b"long \n" * 500_000, "characters of text"),
    ],
    ids=["parts", "nesting", "headers", "no mail", "text"],
)  # fmt: skip
def test_bombs_are_refused_in_bounded_time(raw, said):
    began = time.process_time()
    with pytest.raises(ConversationUnreadable, match=said):
        parse_mail(raw, source="x")
    assert time.process_time() - began < 10


def test_a_mail_of_200_mb_is_refused_unread(tmp_path):
    path = tmp_path / "huge.eml"
    with path.open("wb") as file:
        file.write(b"From: a@b.fr\n")
        file.truncate(200 * 1024 * 1024)
    with pytest.raises(ConversationUnreadable, match="210 MB"):
        read_conversations(path)


@hypothesis_settings(max_examples=150)
@given(st.data())
def test_damaged_mails_are_conversations_or_clear_errors(data):
    raw = bytearray(data.draw(st.sampled_from(THREAD)))
    for _ in range(data.draw(st.integers(0, 20))):
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    cut = bytes(raw[: data.draw(st.integers(0, len(raw)))])
    with contextlib.suppress(BadInput):
        assert conversations_of_mails([parse_mail(cut, source="x")], name="x")
