"""Zone tables come from the pinned package, whatever the machine believes."""

import zoneinfo
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest

from portal.domain.errors import Invalid
from portal.domain.zones import date_in, names, version, zone

WINTER = datetime(2026, 12, 16, 7, 30, tzinfo=UTC)


def test_british_columbia_keeps_its_summer_time_from_2026_on() -> None:
    assert WINTER.astimezone(zone("America/Vancouver")).isoformat() == "2026-12-16T00:30:00-07:00"
    before = datetime(2025, 12, 16, 7, 30, tzinfo=UTC)
    assert before.astimezone(zone("America/Vancouver")).isoformat() == "2025-12-15T23:30:00-08:00"


def test_a_stale_table_of_the_machine_changes_nothing(tmp_path: Path) -> None:
    stale = tmp_path / "America" / "Vancouver"
    stale.parent.mkdir()
    stale.write_bytes(files("tzdata").joinpath("zoneinfo", "Etc", "GMT+8").read_bytes())
    zoneinfo.reset_tzpath([str(tmp_path)])
    try:
        machine = zoneinfo.ZoneInfo.no_cache("America/Vancouver")
        zone.cache_clear()
        assert WINTER.astimezone(machine).date().day == 15
        assert date_in("America/Vancouver", WINTER).day == 16
    finally:
        zoneinfo.reset_tzpath()
        zone.cache_clear()


@pytest.mark.parametrize("name", ["", "Vancouver", "../../etc/passwd", "America/Vancouver/", "america/vancouver"])
def test_a_name_that_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match="America/Vancouver"):
        zone(name)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(Invalid, match="no time zone"):
        date_in("America/Vancouver", datetime(2026, 5, 12, 9, 0))  # noqa: DTZ001


def test_the_package_says_which_tables_it_holds() -> None:
    assert version()[:2] == "20"
    assert "America/Vancouver" in names()
