import pytest

from conversation.errors import DefinitionInvalid
from serving.settings import Settings, load_settings


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "entendu.toml").write_text('device = "cuda"\nthreads = 3\nbeam_size = 2\n')
    monkeypatch.setenv("ENTENDU_THREADS", "4")
    monkeypatch.setenv("ENTENDU_DEVICE", "auto")
    settings = load_settings(device="cpu", threads=None)
    assert (settings.device, settings.threads, settings.beam_size) == ("cpu", 4, 2)


def test_a_config_file_can_be_named(tmp_path, monkeypatch):
    (tmp_path / "mine.toml").write_text("port = 9000\n")
    monkeypatch.setenv("ENTENDU_CONFIG", str(tmp_path / "mine.toml"))
    assert load_settings().port == 9000


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"device": "tpu"}, "device"),
        ({"threads": -1}, "threads"),
        ({"language": "français"}, "lang"),
    ],
)
def test_a_wrong_value_names_the_setting_and_where_to_correct_it(given, said):
    with pytest.raises(DefinitionInvalid, match=said) as caught:
        load_settings(**given)
    assert "ENTENDU_" in str(caught.value)


def test_an_unknown_key_in_the_file_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "entendu.toml").write_text("devise = 1\n")
    with pytest.raises(DefinitionInvalid, match="devise"):
        load_settings()


def test_a_broken_file_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "entendu.toml").write_text("device = \n")
    with pytest.raises(DefinitionInvalid, match="TOML"):
        load_settings()


def test_a_config_file_that_is_gone_is_refused(monkeypatch):
    monkeypatch.setenv("ENTENDU_CONFIG", "/nowhere/entendu.toml")
    with pytest.raises(DefinitionInvalid, match="does not exist"):
        load_settings()


def test_every_setting_is_documented():
    documented = Settings.__doc__
    assert [name for name in Settings.model_fields if f"{name}:" not in documented] == []


def test_nothing_listens_beyond_this_machine_by_default():
    assert load_settings().host == "127.0.0.1"
