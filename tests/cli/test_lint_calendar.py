"""`maild calendar YEAR`: a table that calendar.toml takes as it is, and that equals the ones made by hand."""

import tomllib
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from maild.cli import main
from maild.data import data_dir
from maild.regulation.calendar import load_years
from tests.regulation.small_pack import put, write


def calendar(*options: object) -> Result:
    return CliRunner().invoke(main, ["calendar", *map(str, options)])


@pytest.mark.parametrize("year", [2024, 2025, 2026, 2027])
def test_what_a_careful_person_wrote_down(year: int, tmp_path: Path) -> None:
    """Transfers, working Saturdays, shortened days: a Saturday is as long as the day it is worked for."""
    result = calendar(year, "--country", "RU")
    assert result.exit_code == 0 and result.stderr == ""
    (tmp_path / "calendar.toml").write_text(result.stdout, encoding="utf-8")
    by_hand = load_years(data_dir("rules") / "rarus" / "calendar.toml")
    assert load_years(tmp_path / "calendar.toml") == {year: by_hand[year]}


def test_names_stand_beside_the_days() -> None:
    lines = calendar(2027, "--country", "ru").stdout.splitlines()
    assert lines[0] == "[2027]                        # RU, from the package holidays; look it over before use"
    for line in (
        '  "2027-02-22",                # Mon Day off (substituted from 2027-02-20)',
        '  "2027-02-20",                # Sat worked for 2027-02-22',
        '  "2027-02-20",                # Sat as 2027-02-22 would be, before Defender of the Fatherland Day',
        '  "2027-04-30",                # Fri before Holiday of Spring and Labor',
    ):
        assert line in lines
    assert lines[1] == "# For a week from Monday to Friday; --rules DIR writes it for the week of a desk."


def test_a_year_before_its_decree() -> None:
    result = calendar(2028, "--country", "RU")
    assert result.exit_code == 0 and "# The transfers of this year are not decreed yet" in result.stdout
    assert result.stderr.startswith("warning: RU has not decreed the transfers of 2028 yet")
    assert "2028-01-03" in tomllib.loads(result.stdout)["2028"]["off"]


def test_a_country_of_which_nothing_is_known() -> None:
    result = calendar(2026, "--country", "UA")
    assert result.exit_code == 0 and result.stderr == "" and tomllib.loads(result.stdout) == {"2026": {"off": []}}
    assert "# No public holidays of UA are known for this year" in result.stdout


def test_the_week_and_the_country_of_a_desk(tmp_path: Path) -> None:
    """A desk that is open on Saturdays too needs Saturdays off, and no working Saturdays."""
    assert "For a week" not in calendar(2027, "--rules", write(tmp_path)).stdout
    saturdays = put('fri = "09:00-18:00"', 'fri = "09:00-18:00", sat = "10:00-15:00"')
    year = tomllib.loads(calendar(2027, "--rules", write(tmp_path, desk=saturdays)).stdout)["2027"]
    assert {"2027-01-02", "2027-05-01", "2027-06-12"} <= set(year["off"]) and "working" not in year
    assert all(date.fromisoformat(day).weekday() < 6 for day in year["off"])
    other = tomllib.loads(calendar(2027, "--rules", tmp_path, "--country", "DE").stdout)["2027"]
    assert "2027-10-03" not in other["off"] and "2027-03-26" in other["off"] and "short" not in other


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("soon", "--country", "RU"), "expected a year such as 2027, got 'soon'"),
        (("-5", "--country", "RU"), "No such option"),
        (("20267", "--country", "RU"), "expected a year from 1900 to 2100, got 20267"),
        (("2027", "--country", "XX"), "unknown country 'XX', expected one such as \"RU\" (ISO 3166)"),
        (("2027", "--rules", "nowhere"), "no such folder of rules"),
    ],
)
def test_unusable_arguments(options: tuple[str, ...], says: str) -> None:
    result = calendar(*options)
    assert result.exit_code == 2 and result.stdout == "" and says in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_without_options_the_desk_at_hand_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That of maild.toml in this folder; where there is none, the regulation that `maild init` starts from."""
    monkeypatch.chdir(tmp_path)
    shipped = calendar(2027)
    assert shipped.exit_code == 0 and shipped.stdout.startswith("[2027]") and "# RU" in shipped.stdout
    assert shipped.stdout == calendar(2027, "--rules", str(data_dir("rules") / "rarus")).stdout
    CliRunner().invoke(main, ["init", "."])
    for name in ("smtp", "imap-crm", "imap-control"):
        (tmp_path / "secrets" / name).write_text("secret")
    desk = tmp_path / "rules" / "rarus" / "desk.toml"
    desk.write_text(desk.read_text(encoding="utf-8").replace('holidays = "RU"', 'holidays = "DE"'), encoding="utf-8")
    own = calendar(2027)
    assert "# DE" in own.stdout and own.stderr == "note: the week and the holidays of rules/rarus\n"


def test_rules_without_a_country(tmp_path: Path) -> None:
    result = calendar(2027, "--rules", write(tmp_path, desk=put('holidays = "RU"\n', "")))
    assert result.exit_code == 2
    assert (
        result.stderr
        == f'which country? --country RU is missing; {tmp_path}/desk.toml has no holidays = "RU" under [hours]\n'
    )
