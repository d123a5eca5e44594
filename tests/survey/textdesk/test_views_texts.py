"""The pages of open texts: who may, what each sees of others, hostile input, constant cost."""

import pytest

from baukasten.plugin.refs import Role
from baukasten.web.platform import EXTENSION
from baukasten_survey.surveys import lookup
from baukasten_survey.texts.models import Category, Coding, Decision, Quote
from tests.survey.conftest import found_in, open_survey
from tests.survey.texts.conftest import ASKED

BASE = "/umfrage/antworten/texte/"
SORT, COMPARE, LIST = f"{BASE}q2/sortieren", f"{BASE}q2/vergleich", f"{BASE}q2/kategorien"
PICK, VOICES = f"{BASE}q2/stimmen", "/umfrage/auswertung/texte/"
READS = (BASE, SORT, COMPARE, LIST, PICK)


@pytest.fixture
def module(database, town):
    return open_survey(database, town, ASKED, state="closed", anonymity="named")


@pytest.fixture
def desk(browse, admin, module):
    return browse(admin)


@pytest.fixture
def both(admin, second):
    return admin, second


def send(desk, address, where=SORT, **values):
    return desk.post(address, data={"_token": desk.token(where), **values})


def main_of(text):
    return text[text.index("<main") : text.index("</main>")]


def test_a_question_is_sorted_text_by_text(desk, module, fill, session):
    fill(module, [{"q2": "Der <b>Bus</b>"}, {"q2": "Das Rad"}])
    assert "Noch keine Kategorien" in desk.get(SORT).text
    assert send(desk, LIST, LIST, do="add", name=" Verkehr ", description="Bus und Bahn").status_code == 303
    [category] = [one.id for one in session.query(Category)]
    text = desk.get(SORT).text
    assert ("Der &lt;b&gt;Bus&lt;/b&gt;" in text, "0 von 2" in text) == (True, True)
    number = found_in(text, r'name="text" value="(\d+)"')
    answer = send(desk, SORT, text=number, category=category, tasten="1")
    assert answer.location == f"{SORT}?nach={number}&tasten=1"
    text = desk.get(answer.location).text
    assert ("Das Rad" in text, "1 von 2" in text, 'value="1" checked' in text) == (True, True, True)
    assert send(desk, f"{BASE}q2/zuruecknehmen").status_code == 303
    assert "0 von 2" in desk.get(SORT).text
    for _text in range(2):
        number = found_in(desk.get(SORT).text, r'name="text" value="(\d+)"')
        send(desk, SORT, text=number, category="0")
    assert "Sie haben alle Texte sortiert" in desk.get(SORT).text
    assert send(desk, f"{BASE}q2/abschliessen").location == COMPARE
    assert "Es fehlt noch jemand" in desk.get(COMPARE).text


def test_nobody_sees_what_others_did_before_doing_it_too(browse, desk, second, module, fill, sort, admin):
    responses = fill(module, [{"q2": "Text eins"}, {"q2": "Text zwei"}])
    sort(module, responses, [(admin, ["Bus", "Rad"])])
    other = browse(second)
    for address in (BASE, SORT, LIST):
        text = main_of(other.get(address).text)
        assert "aria-pressed" not in text
        assert "Rad" not in text or address != BASE
    assert "Noch nicht" in other.get(COMPARE).text
    sort(module, responses[:1], [(second, ["Rad"])], finish=False)
    text = main_of(other.get(COMPARE).text)
    assert ("Noch nicht" in text, "Text eins" in text, "Bus" in text) == (True, False, False)
    refused = send(other, COMPARE, text=responses[0], category="0")
    assert ("Noch nicht" in refused.text, "Text eins" in refused.text) == (True, False)
    sort(module, responses, [(second, ["Rad", "Rad"])])
    text = main_of(other.get(COMPARE).text)
    assert ("Text eins" in text, "Text zwei" in text, "50" in text) == (True, False, True)


def test_whoever_sorts_nothing_compares_two_who_have_finished(
    browse, new_member, module, fill, sort, admin, second
):
    responses = fill(module, [{"q2": "Text eins"}])
    sort(module, responses, [(admin, ["Bus"])])
    third = browse(new_member(Role.ADMIN, name="Cem Priel"))
    assert "Noch nicht" in third.get(COMPARE).text
    sort(module, responses, [(second, ["Bus"])])
    text = main_of(third.get(COMPARE).text)
    assert ("100\xa0%" in text, "Ada Siel" in text, "Bo Ebbe" in text) == (True, True, True)


def test_differences_are_decided_and_who_did_is_said(desk, module, fill, sort, admin, second, session):
    responses = fill(module, [{"q2": "Text eins"}, {"q2": "Text zwei"}])
    named = sort(module, responses, [(admin, ["Bus", "Bus"]), (second, ["Rad", "Bus"])])
    text = desk.get(COMPARE).text
    assert ("1 Text hat noch kein Ergebnis" in text, "Allen zeigen" in text) == (True, False)
    answer = send(desk, COMPARE, COMPARE, text=responses[0], category=named["Rad"], erste="1", zweite="2")
    assert answer.location == f"{COMPARE}?erste=1&zweite=2#differences"
    assert session.query(Decision).one().decided_by == admin.id
    text = desk.get(COMPARE).text
    assert ("Text eins" in main_of(text), VOICES in text) == (False, True)
    assert "(Ada Siel)" in desk.get(f"{COMPARE}?entschieden=1").text


def test_a_voice_is_chosen_released_and_taken_back(
    desk, browse, moderator, module, fill, publish, client, session
):
    responses = fill(
        module, [{"q2": f"Der Bus {number} kommt nie. Ilse, Tel. 04921 876543"} for number in range(30)]
    )
    publish(module, "q2")
    text = desk.get(f"{PICK}?suche=bus 7").text
    assert text.count("<blockquote") == 1
    form = f"{PICK}/{responses[7]}"
    assert "Telefonnummer: <q" in desk.get(form).text
    refused = send(desk, form, form, body="Ruft 04921 876543 an")
    assert (refused.status_code, "Ruft 04921 876543 an" in refused.text) == (422, True)
    assert send(desk, form, form, body="Der Bus kommt nie.").location == f"{VOICES}?done=chosen"
    quote = session.query(Quote).one().id
    staff = browse(moderator)
    assert ("Der Bus kommt nie." in staff.get(VOICES).text, form in staff.get(VOICES).text) == (True, False)
    assert send(staff, f"{VOICES}{quote}/freigeben", VOICES).location == f"{VOICES}?done=released"
    assert "Der Bus kommt nie." in client.get("/umfrage/ergebnisse").text
    assert send(staff, f"{VOICES}{quote}/zuruecknehmen", VOICES).location == f"{VOICES}?done=back"
    assert "Der Bus kommt nie." not in client.get("/umfrage/ergebnisse").text


def test_figures_of_categories_are_looked_at_then_fixed(
    browse, moderator, module, fill, sort, publish, both, client
):
    responses = fill(module, [{"q2": f"Text {number}"} for number in range(30)])
    publish(module, "q2")
    staff, fixing = browse(both[0]), f"{VOICES}q2/festschreiben"
    assert browse(moderator).get(fixing).status_code == 403
    assert (fixing in staff.get(VOICES).text, fixing in browse(moderator).get(VOICES).text) == (True, False)
    assert "Noch keine Kategorien" in staff.get(fixing).text
    names = ["Bus"] * 20 + ["Rad"] * 8 + ["Hund"] * 2
    sort(module, responses, [(one, names) for one in both])
    text = staff.get(fixing).text
    assert ("20" in main_of(text), "weniger als 5" in text) == (True, True)
    assert "Bus" not in client.get("/umfrage/ergebnisse").text
    assert send(staff, fixing, fixing).location == f"{VOICES}?done=fixed"
    assert "Bus" in client.get("/umfrage/ergebnisse").text
    assert send(staff, fixing, "/umfrage/auswertung/").status_code == 409
    assert "sortiert wird nicht mehr" in browse(both[0]).get(SORT).text


def test_only_those_who_read_responses_come_in(browse, moderator, new_member, module, client, fill):
    [response] = fill(module, [{"q2": "weil"}])
    assert "Noch ist nichts ausgezählt." in browse(moderator).get(VOICES).text
    for address in (*READS, f"{PICK}/{response}"):
        assert browse(moderator).get(address).status_code == 403
        assert browse(new_member(Role.RESIDENT)).get(address).status_code == 403
        assert client.get(address).status_code in {302, 303}
    assert browse(new_member(Role.RESIDENT)).get(VOICES).status_code == 403
    assert browse(moderator).get(VOICES).status_code == 200


def test_what_is_not_there_answers_like_what_is_elsewhere(desk, module, fill, database, town):
    other = open_survey(database, town, ASKED, slug="andere", anonymity="named")
    [foreign] = fill(other, [{"q2": "fremd"}])
    missing, elsewhere = (desk.get(f"{PICK}/{number}") for number in (2**62, foreign))
    texts = [one.text.replace(f"/{number}", "/") for one, number in ((missing, 2**62), (elsewhere, foreign))]
    assert (missing.status_code, elsewhere.status_code, texts[0] == texts[1]) == (404, 404, True)
    for address in (f"{BASE}q1/sortieren", f"{BASE}gibt%00es/kategorien", f"{BASE}{'x' * 300}/vergleich"):
        assert desk.get(address).status_code == 404
    assert desk.get(f"{PICK}/{10**30}").status_code == 404


def test_another_town_knows_nothing(client_of, sign_in, new_member, other_town, module, fill):
    [response] = fill(module, [{"q2": "weil"}])
    stranger = client_of(other_town)
    sign_in(stranger, new_member(Role.ADMIN, where=other_town), other_town)
    for address in (*READS, VOICES, f"{PICK}/{response}"):
        assert stranger.get(address).status_code == 404


@pytest.mark.parametrize("rubbish", ["x", "-1", "9" * 30, "\0", "1e3", ""])
def test_rubbish_is_refused(desk, module, fill, session, rubbish):
    [response] = fill(module, [{"q2": "weil"}])
    session.add(
        Category(survey_id=lookup.of_module(session, module.id).id, question="q2", name="Bus", place=1)
    )
    session.commit()
    for values in ({"text": rubbish, "category": "0"}, {"text": response, "category": rubbish}):
        assert send(desk, SORT, **values).status_code == 404
    for wanted in ("merge", "remove", "lift", "change"):
        assert send(desk, LIST, LIST, do=wanted, category=rubbish, into=rubbish).status_code == 404
    assert send(desk, LIST, LIST, do=rubbish, name=f"{rubbish}" * 90).status_code in {303, 422}
    for address in (
        f"{SORT}?nach={rubbish}",
        f"{PICK}?nach={rubbish}&suche={rubbish}",
        f"{COMPARE}?erste={rubbish}",
    ):
        assert desk.get(address.replace("\0", "%00")).status_code == 200
    assert session.query(Coding).count() == 0


def test_a_draft_has_no_texts_yet(database, town, browse, admin):
    open_survey(database, town, ASKED, slug="entwurf", state="draft", anonymity="named")
    desk = browse(admin)
    assert "Noch keine Ergebnisse" in desk.get("/entwurf/antworten/texte/").text
    assert "Noch keine Ergebnisse" in desk.get("/entwurf/auswertung/texte/").text
    assert desk.get("/entwurf/antworten/texte/q2/sortieren").status_code == 404


def test_pages_cost_the_same_however_much_there_is(
    desk, module, fill, sort, admin, second, session, statements
):
    responses = fill(module, [{"q2": "weil 0"}, {"q2": "weil 1"}])
    sort(module, responses, [(admin, ["Bus", "Rad"]), (second, ["Rad", "Rad"])])
    addresses = (*READS, VOICES)

    def cost():
        found = {}
        # What a page remembers of the town is kept from here on, whenever the process would have looked.
        desk.application.extensions[EXTENSION].generations.refresh()
        for address in addresses:
            desk.get(address)
            with statements() as asked:
                assert desk.get(address).status_code == 200
            found[address] = len(asked)
        return found

    few = cost()
    more = fill(module, [{"q2": f"warum {number}", "q1": "_other", "q1.other": "x"} for number in range(60)])
    sort(module, more, [(admin, ["Bus"] * 60), (second, ["Rad", "Fuß"] * 30)])
    assert cost() == few
    assert max(few.values()) <= 12
