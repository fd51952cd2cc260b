"""The keys of rows come in the order in which the rows were made, and say no more than when."""

from uuid import RFC_4122

from portal.models.base import new_id


def test_a_later_key_is_a_greater_one_also_within_a_millisecond() -> None:
    keys = [new_id() for _ in range(20_000)]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)
    assert {(key.version, key.variant) for key in keys} == {(7, RFC_4122)}
