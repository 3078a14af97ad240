"""The board in a real browser: figures counted by hand, where they lead, and how they are read."""

from __future__ import annotations

import csv
import io
import re
import runpy
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from quality.kpi.definitions import Words

QUERY = "from=2026-11-02&to=2026-11-15"
ROWS = runpy.run_path(str(Path(__file__).parents[1] / "board_rows.py"))
MARKUP = ROWS["MARKUP"]


def made_topics(*_args, **_more):
    from serving.board.topics import TopicCount, Topics, TopicShown, TopicWords

    day = date(2026, 11, 9)
    return Topics(
        conversations=6, open_conversations=2, first_day=day, last_day=day,
        topics=(
            TopicShown(
                id="T1", label=Words(fr=f"Code jamais reçu {MARKUP}", en="Code never came"),
                reason=None, reason_label=None, trend="growing", n=2, recent=2, recent_days=7,
                ratio=3.5, terms=("code",),
                periods=(TopicCount(start=day, n=1, total=3), TopicCount(start=day, n=1, total=3)),
                quotes=(
                    TopicWords(
                        conversation_id="a4", at=datetime(2026, 11, 10, tzinfo=UTC), turn_index=1,
                        text=f"Je n'ai jamais reçu le code {MARKUP}",
                    ),
                ),
                conversation_ids=("a4", "a5"),
            ),
        ),
    )  # fmt: skip


def made_gaps(*_args):
    from serving.board.gaps import Gaps, GapShown, GapWords

    words = GapWords(conversation_id="a5", turn_index=1, text="Puis-je garder mon numéro ?")
    gap = GapShown(
        id="0123456789abcdef", title="Puis-je garder mon numéro ?", language="fr", questions=4, n=2,
        handling_s=3700, why="missing", troubles={}, nearest=None, growing=None, wordings=(words,),
        contradicted=False, statements=(), conversation_ids=("a4", "a5"),
        draft="---\ntitle: Numéro\n---\nOui, gardez-le.\n",
    )  # fmt: skip
    return Gaps(conversations=5, questions=9, open_questions=4, gaps=(gap,))


@pytest.fixture(scope="module")
def centre(tmp_path_factory, running_service_class, fake_pipeline_class):
    """A running service with the small set of ``board_rows.py``; topics and gaps are given."""
    from serving.settings import Settings

    settings = Settings(
        data_dir=tmp_path_factory.mktemp("board") / "data", rate_per_address=100_000
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("serving.board.board.find_board_topics", made_topics)
        patch.setattr("serving.board.board.find_board_gaps", made_gaps)
        running = running_service_class(settings, fake_pipeline_class())
        service = running.app.state.service
        ROWS["store_rows"](service.store.database, ROWS["SMALL_CENTRE"])
        service.board.catch_up()  # a page waits a moment only
        yield running
        running.stop()


@pytest.fixture(scope="module")
def supervisor_key(centre):
    """The key of a supervisor of the team."""
    with centre.client_of("supervisor", team="default") as client:
        return client.headers["authorization"].removeprefix("Bearer ")


@pytest.fixture
def board(centre, open_page, supervisor_key):
    """Return a function that opens the board, signed in, once its parts are there."""

    def open_it(
        query: str = QUERY, key: str = supervisor_key, there=".kpi-section, .missing", **options
    ):
        options = {"timezone_id": "Europe/Paris"} | options
        page = open_page(f"{centre.url}/board?{query}", **options)
        page.fill("input[name=key]", key)
        page.keyboard.press("Enter")
        page.wait_for_url("**/board**")
        page.locator(there).first.wait_for()
        return page

    return open_it


def tile(page, name):
    return page.locator(".tile", has_text=name).locator(".big .lead").first


def ids_behind(centre, key, href):
    """The conversations of a link to the list, as the service gives them to the same person."""
    import httpx

    asked = {name: values[0] for name, values in parse_qs(urlsplit(href).query).items()}
    for name, sent in (("from", "started_from"), ("to", "started_before")):
        if name in asked:
            day = asked.pop(name)
            asked[sent] = day
            if re.fullmatch(r"\d{4}-\d\d-\d\d", day):
                from datetime import timedelta
                from zoneinfo import ZoneInfo

                local = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo("Europe/Paris"))
                asked[sent] = (local + timedelta(days=name == "to")).isoformat()
    with httpx.Client(base_url=centre.url, headers={"Authorization": f"Bearer {key}"}) as client:
        found = client.get("/v1/conversations", params=asked | {"limit": 200}).json()
    return {one["id"] for one in found["data"]}


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/Lima"])
def test_the_figures_are_right_and_lead_to_exactly_their_conversations(
    board, centre, supervisor_key, zone
):
    page = board(timezone_id=zone)
    behind = {}
    for name in ("Conversations", "Premier motif"):
        link = tile(page, name)
        behind[name] = (link.inner_text(), link.get_attribute("href"))
    assert behind["Conversations"][0] == "7"
    assert behind["Premier motif"][0] == "3"
    links = {name: ids_behind(centre, supervisor_key, href) for name, (_, href) in behind.items()}
    assert links == {
        "Conversations": {"a1", "a2", "a3", "a4", "a5", "a6", "a7"},
        "Premier motif": {"a1", "a2", "a3"},
    }
    mobile = page.locator("[data-table=queues] tr", has_text="mobile")
    assert mobile.locator(".number").inner_text() == "2"
    href = mobile.get_by_role("link").get_attribute("href")
    assert ids_behind(centre, supervisor_key, href) == {"a4", "a5"}
    row = page.locator("[data-table=mood] tr", has_text="Panne internet")
    negative = row.get_by_role("link")
    assert negative.inner_text() == "2"
    assert ids_behind(centre, supervisor_key, negative.get_attribute("href")) == {"a1", "a2"}
    waiting = page.locator("#volumes [data-table=reasons] tr", has_text="Panne internet")
    assert waiting.locator("td.number").nth(1).inner_text() == "2"  # the period before


def test_a_figure_opens_the_list_of_conversations(board):
    page = board()
    tile(page, "Premier motif").click()
    page.wait_for_url("**/inbox?**")
    page.locator("tbody tr", has_text="a1.wav").wait_for()
    names = page.locator("tbody tr td:first-child").all_inner_texts()
    assert {name.split("\n")[0].strip() for name in names} >= {"a1.wav", "a2.wav", "a3.wav"}
    assert page.locator("tbody tr").count() == 3


def test_a_kpi_shows_its_formula_and_the_conversations_behind_it(board):
    page = board()
    page.get_by_role("button", name="Comment se calcule : Réclamations").click()
    dialog = page.get_by_role("dialog", name="Réclamations")
    dialog.get_by_text("Formule").wait_for()
    assert "33,3" in dialog.inner_text()
    assert "n = 6" in dialog.inner_text()
    assert "Wilson" in dialog.inner_text()
    dialog.get_by_text("2 comptées sur 6").wait_for()
    assert dialog.get_by_role("link", name="a1.wav").get_attribute("href") == "/conversations/a1"
    listed = dialog.get_by_role("link", name="Ouvrir la liste").get_attribute("href")
    assert set(parse_qs(urlsplit(listed).query)["ids"][0].split(",")) == {"a1", "a5"}
    page.keyboard.press("Escape")
    page.get_by_text(re.compile(r"\d+ non mesurables avec ces données")).click()
    page.locator(".missing li", has_text="CSAT").first.wait_for()


def test_a_kpi_of_zero_counts_none_and_what_is_not_known_leads_somewhere(board):
    page = board()
    page.get_by_role("button", name=re.compile("Comment se calcule : Motif «.autre.»")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("0 comptée sur 6").wait_for()
    assert dialog.get_by_text("comptée", exact=True).count() == 0
    page.keyboard.press("Escape")
    unknown = page.locator("[data-table=queues] tr", has_text="Non renseigné")
    unknown.get_by_role("button", name="1, Voir les conversations").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("link", name="a7.wav").wait_for()
    listed = dialog.get_by_role("link", name="Ouvrir la liste").get_attribute("href")
    assert parse_qs(urlsplit(listed).query) == {"ids": ["a7"]}


def test_a_list_that_is_longer_than_an_address_takes_says_so(board):
    page = board()
    many = {
        "figure": "kpi:complaint_rate", "computed_from": 463, "counted": 331, "counts": True,
        "conversations": [
            {"id": f"c{n}", "name": f"c{n}.wav", "started_at": "2026-11-03T10:00:00Z",
             "channel": "phone", "reason": None, "counted": True}
            for n in range(200)
        ],
    }  # fmt: skip
    page.route("**/v1/board/behind?*", lambda route: route.fulfill(json=many))
    page.get_by_role("button", name="Comment se calcule : Réclamations").click()
    dialog = page.get_by_role("dialog")
    link = dialog.get_by_role("link", name="Ouvrir les 200 premières sur 331 dans la liste")
    assert len(parse_qs(urlsplit(link.get_attribute("href")).query)["ids"][0].split(",")) == 200


def test_one_and_none_are_singular_in_french(board):
    page = board(f"{QUERY}&channel=phone")
    page.get_by_text("1 conversation sans humeur connue n'est pas comptée ici.").wait_for()
    page.get_by_text("0 texte inventé écarté, avec sa raison").wait_for()
    page.get_by_text("4 évaluées par la machine, 0 revue par des personnes").wait_for()
    page = board(f"{QUERY}&channel=phone&lang=en")
    page.get_by_text("0 invented texts left out, with their reason").wait_for()


def test_every_chart_has_a_table_and_the_spreadsheet_holds_the_same(board, centre):
    page = board()
    page.keyboard.press("t")
    table = page.locator("table[data-table=volumes]")
    table.wait_for()
    assert page.locator("canvas").count() == 0
    shown = [int(text) for text in table.locator("tbody td:nth-child(2)").all_inner_texts()]
    with page.expect_download() as begun:
        page.get_by_role("link", name="Conversations dans le temps : exporter en CSV").click()
    text = Path(begun.value.path()).read_bytes().decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert [int(line[2]) for line in lines[1:]] == shown
    assert sum(shown) == 7
    by_day = page.locator("table[data-table=reasons_over_time] tbody tr").first
    assert "1" in by_day.inner_text()
    page.keyboard.press("t")
    page.locator("#volumes canvas").wait_for()


def test_dates_stand_below_points_and_a_week_that_is_cut_stands_apart(board):
    page = board("from=2026-10-21&to=2026-11-12&step=week")
    legend = page.locator("#volumes .u-legend")
    legend.get_by_text("Semaine incomplète", exact=True).wait_for()
    drawn = page.evaluate(
        """async () => {
          const { linesOf } = await import("/static/board/volumes.js");
          const { datesOf } = await import("/static/board/chart.js");
          const days = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
          const buckets = [false, true, true, false].map((whole) => ({ whole }));
          return {
            lines: linesOf({ buckets, counts: [2, 9, 8, 1], previous_counts: [7, 7, 7],
              previous_whole: [true, true, false] }).map((line) => line.values),
            some: datesOf({ data: [days], bbox: { width: 210 * devicePixelRatio } }),
            all: datesOf({ data: [days], bbox: { width: 900 * devicePixelRatio } }),
          };
        }"""
    )
    assert drawn["lines"] == [
        [None, 9, 8, None], [7, 7, None, None], [2, None, None, 1], [None, None, 7, None],
    ]  # fmt: skip
    assert drawn["some"] == [0, 4, 8]
    assert drawn["all"] == list(range(10))
    page.get_by_role("button", name="Par jour").click()
    legend.get_by_text("Semaine incomplète", exact=True).wait_for(state="detached")


def test_a_single_day_is_a_table_and_offers_no_chart(board):
    page = board("from=2026-11-12&to=2026-11-12")
    page.locator("table[data-table=volumes]").wait_for()
    assert page.get_by_role("button", name="Conversations dans le temps : montrer").count() == 0


def test_a_comparison_across_years_says_them(board):
    page = board("from=2026-01-01&to=2026-01-10")
    page.get_by_text("22 déc. 2025 – 31 déc. 2025").wait_for()
    page = board()
    page.get_by_text("19 oct. – 1 nov.").wait_for()


def test_a_forecast_says_the_error_that_it_was_chosen_by_and_its_interval_once(board):
    day = {"holiday": False, "expected": 9.0, "low": 7.0, "high": 12.0, "peak": None,
           "agents_peak": None, "agent_hours": None, "scheduled_hours": None,
           "half_hours": []}  # fmt: skip
    value = {
        "method": "ets", "origins": 8, "level": 0.8, "coverage": None,
        "history_first": "2026-10-01", "history_last": "2026-11-14", "history_n": 300, "plan": None,
        "methods": [{"method": "ets", "wape": 0.31, "wape_day": 0.269},
                    {"method": "four_weeks", "wape": 0.33, "wape_day": 0.268}],
        "past": [{"day": f"2026-11-{n}", "n": n} for n in (12, 13, 14)],
        "days": [day | {"day": f"2026-11-{n}"} for n in (15, 16)],
    }  # fmt: skip
    made = {"value": value, "made_at": None, "updating": False, "problem": None}
    page = board("lang=en", there="#forecast")
    page.route("**/v1/board/forecast*", lambda route: route.fulfill(json=made))
    page.reload()
    page.locator("#forecast .u-legend").wait_for()
    said = page.locator("#forecast .method").inner_text()
    assert "31% / 26.9% (used: the smallest error by half-hour)" in said
    assert "33% / 26.8% (Error by half-hour / error by day)" in said
    entries = page.locator("#forecast .u-legend .u-label:visible").all_inner_texts()
    assert [one for one in entries if "nterval" in one] == ["80% interval"]


def test_filters_stand_in_the_address_and_a_view_can_be_sent(board, open_page):
    page = board()
    page.get_by_label("File", exact=True).select_option("mobile")
    page.wait_for_url("**queue=mobile**")
    page.locator(".tile", has_text="Conversations").get_by_role("link", name="2").or_(
        page.locator(".tile .lead", has_text=re.compile("^2$"))
    ).first.wait_for()
    address = page.url
    page.get_by_role("button", name="7 jours", exact=True).click()
    page.wait_for_url(lambda url: "queue=mobile" in url and "2026-11-02" not in url)
    page.go_back()
    page.wait_for_url(address)
    page.locator(".tile .lead", has_text=re.compile("^2$")).first.wait_for()
    assert page.locator("input[type=date]").first.input_value() == "2026-11-02"
    switch = page.locator(".who a[href^='?'][lang=en]").get_attribute("href")
    assert "queue=mobile" in switch
    other = page.context.new_page()
    other.goto(address)
    other.locator(".tile .lead", has_text=re.compile("^2$")).first.wait_for()
    other.get_by_role("button", name="Effacer les filtres").click()
    other.locator(".tile .lead", has_text=re.compile("^7$")).first.wait_for()


def test_a_period_is_typed_and_asked_for_once_it_is_whole(board):
    page = board()
    periods, held = [], []

    def hold_the_first(route):
        asked = parse_qs(urlsplit(route.request.url).query)
        periods.append((asked["from"][0], asked["to"][0]))
        if len(periods) == 1:
            held.append(route)  # never answered: what was chosen counts all the same
        else:
            route.continue_()

    page.route("**/v1/board/volumes?*", hold_the_first)
    page.get_by_label("Du", exact=True).focus()
    page.keyboard.type("10102026")  # the same day wherever the month stands
    assert periods == []
    page.get_by_label("au", exact=True).focus()
    page.wait_for_url("**from=2026-10-10&to=2026-11-15**")
    page.keyboard.type("11112026")
    page.keyboard.press("Enter")
    page.wait_for_url("**from=2026-10-10&to=2026-11-11**")
    page.locator(".compared", has_text="7 sept.").wait_for()  # the 33 days before
    assert periods == [("2026-10-10", "2026-11-15"), ("2026-10-10", "2026-11-11")]
    page.get_by_label("Du", exact=True).focus()
    page.keyboard.type("01010002")
    page.keyboard.press("Enter")
    page.get_by_text("Cette date n'a pas été prise").wait_for()
    assert page.get_by_label("Du", exact=True).input_value() == "2026-10-10"
    assert len(periods) == 2


def test_topics_and_gaps_are_made_in_the_background_and_shown_with_their_words(board):
    page = board()
    topic = page.locator(".topic", has_text="Code jamais reçu")
    topic.wait_for()
    assert "En hausse" in topic.inner_text()
    quote = topic.get_by_role("link", name=re.compile("Je n'ai jamais reçu"))
    assert quote.get_attribute("href") == "/conversations/a4#turn-1"
    count = topic.locator(".lead")
    assert parse_qs(urlsplit(count.get_attribute("href")).query) == {"ids": ["a4,a5"]}
    gap = page.locator("[data-table=gaps] tr", has_text="garder mon numéro")
    draft = gap.get_by_role("link", name=re.compile("Ouvrir le brouillon"))
    leads = urlsplit(draft.get_attribute("href"))
    period = {"from": ["2026-11-02"], "to": ["2026-11-15"]}
    assert leads.path == "/admin/knowledge"
    assert parse_qs(leads.query) == period | {"draft": ["0123456789abcdef"]}
    gap.get_by_role("button", name=re.compile("Lire le brouillon")).click()
    page.get_by_role("dialog").get_by_text("Oui, gardez-le.").wait_for()
    page.keyboard.press("Escape")
    # Seven conversations are no history: it says so and guesses nothing.
    page.locator("#forecast").get_by_text("Ne peut pas être calculé").wait_for()
    assert page.locator("#questions").get_by_text("nobody's score").count() == 0
    page.locator("#questions").get_by_text("rien de confirmé").first.wait_for()


def test_markup_is_shown_as_the_text_it_is(board):
    page = board()
    page.locator("[data-table=queues]").get_by_text(MARKUP).wait_for()
    page.locator("#volumes [data-table=reasons]").get_by_text(MARKUP).wait_for()
    page.locator(".topic blockquote").get_by_text(MARKUP).wait_for()
    page.get_by_role("button", name="Comment se calcule : Conversations analysées").click()
    page.get_by_role("dialog").get_by_role("link", name=f"{MARKUP}.wav").wait_for()
    assert page.locator("main script").count() == 0


def test_an_empty_period_says_what_to_do(board):
    page = board("from=2020-01-01&to=2020-01-14")
    page.get_by_text("Aucune conversation dans cette période avec ces filtres").wait_for()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=2026-11-15&to=2026-11-01", r"du 15 nov\. 2026 au 1 nov\. 2026 ne peut pas"),
        ("from=2024-01-01&to=2026-11-01", r"du 1 janv\. 2024 au 1 nov\. 2026 ne peut pas"),
        ("from=hier&to=2026-11-01", r"du «\shier\s» au 1 nov\. 2026 ne peut pas"),
        ("channel=fax", r"pas été compris\s: Canal «\sfax\s»"),
        ("step=year&lang=en", "not understood: Step “year”"),
        ("team=inconnue", r"pas été compris\s: Équipe «\sinconnue\s»"),
    ],
)
def test_what_an_address_cannot_mean_is_named_and_no_other_figures_are_shown(board, query, said):
    page = board(query, there=".problem")
    page.get_by_role("alert").get_by_text(re.compile(said)).wait_for()
    assert page.locator(".tile, .panel, .compared").count() == 0
    assert page.url.endswith(f"?{query}".split("&lang")[0])
    page.reload()
    page.get_by_role("alert").get_by_text(re.compile(said)).wait_for()
    page.get_by_role("alert").get_by_role("button").click()
    page.locator(".tile").first.wait_for()
    assert page.get_by_role("alert").count() == 0
    assert page.url.endswith("/board")


def test_a_period_that_cannot_be_shown_leaves_no_figures_and_is_not_asked_for(board):
    page = board()
    page.get_by_label("au", exact=True).fill("2026-10-01")
    page.wait_for_url("**from=2026-11-02&to=2026-10-01**")
    page.get_by_text("La période du 2 nov. 2026 au 1 oct. 2026 ne peut pas").wait_for()
    assert page.locator(".tile, .panel").count() == 0
    page.get_by_label("Du", exact=True).fill("2026-09-28")
    page.locator(".tile").first.wait_for()
    assert page.get_by_role("alert").count() == 0


def test_an_agent_and_a_customer_are_refused(centre, browser):
    for role, more in (("agent", {"agent_key": "a-1"}), ("customer", {"customer_key": "c-1"})):
        with centre.client_of(role, **more) as client:
            assert client.get("/board").status_code == 403
