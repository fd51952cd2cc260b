"""Whatever is changed in an export, it is read or refused in a sentence; it never breaks the reader."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.adapters.fhir_exports import (
    AMINA,
    ECZEMA,
    bundle,
    encoded,
    outcome,
)

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(
        ["2020-13-45", "0000-00-00", "urn:uuid:", "#a", "Patient/amina", "http://[::1", "9999-12-31T23:59:59Z"]
    ),
    st.just([]),
    st.just({}),
    st.just([[]]),
    st.just({"reference": {"reference": "Patient/amina"}}),
    st.just({"extension": [{"url": 5, "valueX": {"a": 1}}]}),
    st.just({"coding": [1]}),
    st.just({"resourceType": "Observation", "id": "a"}),
)


def places(value: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in members:
        found.append((value, key))
        found += places(inner)
    return found


@pytest.fixture(scope="module")
def varied() -> list[Any]:
    """Bundles of many kinds of entry, made for this project and (where they are here) real."""
    made = Path(__file__).resolve().parents[2] / "portal" / "demo" / "records" / "cora.json"
    exports = [bundle(AMINA, ECZEMA), json.loads(made.read_text())]
    for name in ("ms-fhir-server/R4_SmartPatientA.json", "hl7-r4/Bundle-father.json", "hl7-r4/Bundle-xds.json"):
        path = Path(__file__).resolve().parents[3] / "shared" / "data" / "fhir" / name
        exports += [json.loads(path.read_text())] if path.exists() else []
    return exports


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_change_to_an_export_makes_anything_but_a_reading_or_a_sentence(
    data: st.DataObject, varied: list[Any]
) -> None:
    export = copy.deepcopy(data.draw(st.sampled_from(varied), label="export"))
    for _change in range(data.draw(st.integers(1, 4), label="changes")):
        found = places(export)
        holder, key = found[data.draw(st.integers(0, len(found) - 1), label="place")]
        if data.draw(st.booleans(), label="remove"):
            del holder[key]
        else:
            holder[key] = copy.deepcopy(data.draw(ODD, label="value"))
        if not places(export):
            break
    told = outcome(encoded(export))
    assert told == "" or "export.json" in told
