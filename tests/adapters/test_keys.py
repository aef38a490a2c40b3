"""Key files are made once, hidden from others, and open what was sealed to them."""

import pytest

from hub.adapters import keys
from hub.adapters.identity_ring import load_ring, make_next_key, set_aside
from hub.adapters.key_files import make_secret
from hub.core import seal
from hub.core.reasons import ParkReason
from hub.errors import ConfigurationError, ReportFault


@pytest.fixture
def folder(tmp_path):
    keys.make_keys(tmp_path / "keys")
    return tmp_path / "keys"


def test_making_keys_again_makes_and_changes_nothing(folder):
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert keys.make_keys(folder) == ()
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert {"event.key", "child.key", "identity-1.key", "ingest-1.key", "ingest-1.pub"} <= {
        path.name for path in before
    }


def test_only_the_owner_can_read_a_secret_key(folder):
    keys.make_publisher_key(folder, "leeds-teaching")
    secrets = list(folder.rglob("*.key"))
    assert {"event.key", "ingest-1.key", "epoch-1.key", "leeds-teaching.key"} <= {
        path.name for path in secrets
    }
    assert {path.stat().st_mode & 0o777 for path in secrets} == {0o600}
    assert {path.parent.stat().st_mode & 0o777 for path in secrets} == {0o700}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_can_read_is_refused_by_name(folder, mode):
    (folder / "hub/event.key").chmod(mode)
    with pytest.raises(ConfigurationError, match=r"event\.key can be read by others"):
        keys.load_hub_keys(folder)


@pytest.mark.parametrize("content", ["", "zz", "00" * 31, "00" * 33])
def test_a_file_that_holds_no_key_is_refused_without_its_content(folder, content):
    (folder / "hub/identity/identity-1.key").write_text(content)
    with pytest.raises(ConfigurationError, match="32 bytes in hexadecimal"):
        keys.load_hub_keys(folder)


def test_a_missing_key_is_named_with_the_command_that_makes_it(tmp_path):
    with pytest.raises(ConfigurationError, match="hub keys make"):
        keys.load_hub_keys(tmp_path)
    with pytest.raises(ConfigurationError, match="hub keys make"):
        keys.load_sealing_key(tmp_path)


def test_what_is_sealed_to_the_published_key_opens_with_the_hub_s(folder):
    public = keys.load_sealing_key(folder)
    sealed = seal.seal_body(b"body", public_key=public.public_key, header=b"header")
    hub = keys.load_hub_keys(folder)
    assert hub.open_body(public.key_id, sealed, b"header") == b"body"
    with pytest.raises(ReportFault) as caught:
        hub.open_body("ingest-9", sealed, b"header")
    assert caught.value.code == ParkReason.SEALING_KEY_NOT_KNOWN


def test_connectors_seal_to_the_newest_key_and_the_hub_opens_the_older_ones_too(folder):
    old = keys.load_sealing_key(folder)
    for name in ("hub/sealing/ingest-2.key", "public/sealing/ingest-2.pub"):
        (folder / name).write_bytes((folder / name.replace("-2", "-1")).read_bytes())
        (folder / name).chmod(0o600)
    new = keys.load_sealing_key(folder)
    assert (old.key_id, new.key_id) == ("ingest-1", "ingest-2")
    assert set(keys.load_hub_keys(folder).sealing) == {"ingest-1", "ingest-2"}


def test_a_column_opens_in_its_place_only_and_under_older_data_keys(folder):
    old = keys.load_hub_keys(folder).sealer.seal("record", "demographics", b"row", b"plain")
    make_secret(folder / "hub/columns/epoch-2.key", bytes(range(32)))
    sealer = keys.load_hub_keys(folder).sealer
    new = sealer.seal("record", "demographics", b"row", b"plain")
    assert old[1:17] != new[1:17]
    for sealed in (old, new):
        assert sealer.unseal("record", "demographics", b"row", sealed) == b"plain"
        with pytest.raises(ConfigurationError):
            sealer.unseal("record", "demographics", b"other", sealed)


def test_sealing_the_same_value_twice_gives_other_bytes(folder):
    sealer = keys.load_hub_keys(folder).sealer
    assert sealer.seal("t", "c", b"r", b"x") != sealer.seal("t", "c", b"r", b"x")


def test_a_publisher_keeps_its_key(folder):
    public, made = keys.make_publisher_key(folder, "leeds-teaching")
    again, made_again = keys.make_publisher_key(folder, "leeds-teaching")
    assert (made, made_again) == (True, False)
    assert keys.fingerprint(public) == keys.fingerprint(again)
    signature = keys.load_publisher_key(folder, "leeds-teaching").sign(b"x")
    keys.load_publisher_public_key(folder, "leeds-teaching").verify(signature, b"x")


@pytest.mark.parametrize("name", ["", "../hub/event", "é", "a/b", ".hidden", "a" * 64])
def test_a_name_that_could_leave_the_folder_is_refused(folder, name):
    with pytest.raises(ConfigurationError, match="publisher's name"):
        keys.make_publisher_key(folder, name)


def test_a_public_key_that_is_not_its_secret_s_is_refused(folder):
    (folder / "public/sealing/ingest-1.pub").write_text("11" * 32)
    with pytest.raises(ConfigurationError, match="not that of its secret key"):
        keys.make_keys(folder)


def test_no_key_shows_in_a_repr(folder):
    hub = keys.load_hub_keys(folder)
    assert hub.events.key.hex() not in repr(hub)
    assert repr(hub.events.key)[2:12] not in repr(hub)


def test_the_next_identity_key_is_made_beside_the_first_and_the_first_is_set_aside(folder):
    assert make_next_key(folder) == 2
    ring = load_ring(folder)
    assert (ring.at_hand, ring.in_force) == ((1, 2), (1,))
    aside = set_aside(folder, 1)
    assert aside.name == "identity-1.retired"
    assert load_ring(folder).at_hand == (2,)
    assert make_next_key(folder) == 3
    with pytest.raises(ConfigurationError, match="no identity key of epoch 1"):
        set_aside(folder, 1)


def test_the_one_identity_key_of_an_older_installation_goes_on_and_can_be_replaced(tmp_path):
    make_secret(tmp_path / "hub/identity.key", bytes(range(32)))
    keys.make_keys(tmp_path)
    of_old, ring = seal.IdentityDigests(bytes(range(32))), load_ring(tmp_path)
    assert ring.at_hand == (1,)
    assert ring.identity_digest("nhs", "1") == of_old.identity_digest("nhs", "1")
    assert ring.child_ref(b"r" * 16) == of_old.child_ref(b"r" * 16)
    assert make_next_key(tmp_path) == 2
    set_aside(tmp_path, 1)
    ring = load_ring(tmp_path)
    assert ring.at_hand == (2,)
    assert ring.child_ref(b"r" * 16) == of_old.child_ref(b"r" * 16)


def test_an_older_installation_goes_on_before_its_keys_are_made_anew(tmp_path):
    make_secret(tmp_path / "hub/identity.key", bytes(range(32)))
    of_old, ring = seal.IdentityDigests(bytes(range(32))), load_ring(tmp_path)
    assert ring.child_ref(b"r" * 16) == of_old.child_ref(b"r" * 16)
    assert ring.identity_digest("nhs", "1") == of_old.identity_digest("nhs", "1")
