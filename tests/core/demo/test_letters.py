"""How the mailbox shows mails."""

from baukasten.demo import letters


def test_each_address_is_given_once_without_the_full_stop_behind_it():
    text = "Hier: https://a.example/x?y=1, dort (http://b.example/). Noch einmal https://a.example/x?y=1"
    assert [url for _label, url in letters.links(text)] == ["https://a.example/x?y=1", "http://b.example/"]


def test_a_mail_without_html_stays_text():
    assert "<pre>&lt;b&gt;</pre>" in letters.as_html("<b>")
