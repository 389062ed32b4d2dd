"""The classes: made once, equal by their fields, hiding what must not be seen."""

import copy
import pickle
from datetime import datetime, timedelta, timezone
from typing import Any, get_args

import haven
import pytest
from haven import _error, errors


def test_objects_do_not_change_and_are_equal_by_their_fields() -> None:
    count = haven.Count(1, 2)
    assert count == haven.Count(on=1, total=2) and hash(count) == hash(haven.Count(1, 2))
    assert count != haven.Count(1, 3) and count != (1, 2)
    assert repr(count) == "Count(on=1, total=2)"
    assert count.replace(on=2) == haven.Count(2, 2)
    with pytest.raises(AttributeError, match="`Count.on` cannot be set"):
        count.on = 3  # type: ignore[misc]
    with pytest.raises(AttributeError):
        del count.on
    with pytest.raises(AttributeError):
        count.other = 1  # type: ignore[attr-defined]
    assert pickle.loads(pickle.dumps(count)) == copy.deepcopy(count) == count


def test_secrets_stay_hidden_but_to_whoever_asks() -> None:
    spec = haven.ContainerSpec("busybox", env={"TOKEN": "s3cret"})
    assert "s3cret" not in repr(spec) and "s3cret" not in str(spec.env)
    assert spec.env["TOKEN"].expose() == "s3cret"
    assert str(spec.env["TOKEN"]) == "***"
    assert spec.replace(image="nginx").env == spec.env
    tls = haven.TlsSpec(key="-----BEGIN")
    assert "BEGIN" not in repr(tls)
    with pytest.raises(TypeError, match="Secret"):
        pickle.dumps(spec)
    assert copy.deepcopy(spec).env["TOKEN"] is spec.env["TOKEN"]
    plain = haven.ContainerSpec("busybox", labels={"app": "shop"})
    assert pickle.loads(pickle.dumps(plain)) == copy.deepcopy(plain) == plain


async def test_secrets_reach_what_runs_and_nothing_that_is_shown() -> None:
    async with haven.open("memory:") as fleet:
        await fleet.nodes.register("a", "sim:")
        await fleet.nodes.wait_online("a")
        spec = haven.ContainerSpec("busybox", command=["sh", "-c", "echo $TOKEN"], env={"TOKEN": haven.Secret("s3cret")})
        await fleet.containers.run("a", "c", spec)
        logs = fleet.containers.logs("a", "c", follow=True)
        assert b"".join([output.bytes async for output in logs]) == b"s3cret\n"
        shown = [await fleet.containers.inspect("a", "c"), await fleet.audit.list(), await fleet.events.list()]
        assert "s3cret" not in repr(shown)


def test_every_kind_of_error_is_a_class_below_one_root() -> None:
    kinds = get_args(haven.ErrorKind)
    classes = haven.HavenError.__subclasses__()
    assert sorted(kinds) == sorted(kind.kind for kind in classes)
    for kind in kinds:
        error = _error.of(kind, "it failed", {"node": "a"}, 1.5, "it failed, node=a")
        assert type(error).kind == kind and type(error).__doc__
        assert (str(error), error.context, error.retry_after) == ("it failed", {"node": "a"}, 1.5)
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), again.report) == (type(error), error.report)
    assert _error.of("of a newer Haven", "", {}, None, "").__class__ is haven.HavenError


LOOP: list[object] = []
LOOP.append(LOOP)


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"node": 5}, "field `node`: invalid type: integer `5`"),
        ({"node": "no/name"}, "field `node`"),
        ({"node": "a", "more": 1}, "unknown field `more`"),
        ({"node": b"bytes"}, "`node` is of the type `bytes`, which Haven does not take"),
        ({"node": object()}, "`node` is of the type `object`, which Haven does not take"),
        ({"node": float("nan")}, "`node` is no finite number"),
        ({"node": 1 << 70}, "`node` is a number that is too large"),
        ({"node": "\ud800"}, "`node` is no text that can be written as UTF-8"),
        ({"node": {1: 2}}, "`node` has a key that is no text"),
        ({"node": LOOP}, "is nested too deep"),
        ({}, "missing field `node`"),
    ],
)
async def test_bad_parameters_are_refused_by_name(parameters: dict[str, object], said: str) -> None:
    async with haven.open("memory:") as fleet:
        with pytest.raises(haven.Invalid) as refused:
            await fleet.call("nodes.get", parameters)
        assert said in str(refused.value)


async def test_a_time_has_a_zone() -> None:
    async with haven.open("memory:") as fleet:
        with pytest.raises(haven.Invalid, match="`since` is a time without a time zone"):
            await fleet.events.list(since=datetime(2026, 1, 1))
        east = timezone(timedelta(hours=5))
        assert (await fleet.events.list(since=datetime.now(east))).items == ()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"url": "nonsense"}, "nonsense"),
        ({"url": "memory:", "token": "t"}, "credentials and authorities are for a server"),
        ({"url": "http://a", "token": "t", "user": "u"}, "credentials are either"),
        ({"url": "http://a", "password": "p"}, "credentials are either"),
        ({"url": "https://a", "ca": "no certificate"}, "`ca` holds no certificate"),
        ({"url": "http://a", "timeout": -1.0}, "`timeout` is no number of seconds"),
        ({"url": "http://u:s3cret@"}, "URL"),
    ],
)
async def test_what_cannot_be_opened_is_refused_without_showing_secrets(options: dict[str, Any], said: str) -> None:
    with pytest.raises(haven.Invalid) as refused:
        await haven.open(**options)
    assert said in str(refused.value) and "s3cret" not in refused.value.report


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    async with haven.open("http://127.0.0.1:9", token="t") as fleet:
        with pytest.raises(haven.Unavailable) as failed:
            await fleet.nodes.list()
        assert "127.0.0.1:9" in failed.value.report
