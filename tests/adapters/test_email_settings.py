"""The mail server as an operator sets it, and routes by e-mail as policies say them."""

import shutil
from datetime import time

import pytest
from typer.testing import CliRunner

from hub.adapters.delivery.smtp import Security
from hub.adapters.email_settings import domains_of, mail_server
from hub.adapters.policy_files import load_policies
from hub.commands.policy import app
from hub.core.alert import Severity
from hub.core.alert_route import RouteChannel
from hub.core.identifiers import GssCode
from hub.core.school_directory import SchoolDirectory
from hub.errors import ConfigurationError
from hub.service.addresses_in_force import EmailAddresses, WebhookAddresses
from hub.settings import PROJECT_ROOT, load_settings

BRADFORD = GssCode("E08000032")
ROUTE = """
[[routes]]
label = "Duty mailbox"
severities = ["today", "information"]
channel = "email"
desk = "BFD-MAIL"
email = "duty.desk@bradford.example"
"""
SET = {
    "HUB_SMTP_HOST": "mail.hub.example",
    "HUB_SMTP_SENDER": "hub@hub.example",
    "HUB_EMAIL_DOMAINS": "bradford.example, Leeds.example",
    "HUB_PUBLIC_URL": "https://hub.example",
}
WORD, OTHER_WORD = "secret-word", "other-word"


@pytest.fixture
def files(tmp_path):
    directory = tmp_path / "policies"
    shutil.copytree(PROJECT_ROOT / "deploy" / "policies", directory)
    return directory


def add(files, route, name="E08000032.toml"):
    with (files / name).open("a") as file:
        file.write(route)


@pytest.fixture
def set_as(monkeypatch):
    """Settings in the environment; ``None`` takes one out."""

    def settle(**changes):
        for name, value in (SET | changes).items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)
        return load_settings()

    return settle


# ------------------------------------------------------------------------------- what a policy says


def test_a_route_names_a_mailbox_and_the_policy_the_time_of_its_digest(files):
    add(files, ROUTE + "\n[digest]\nat = 09:15:00\n")
    policies = load_policies(files)
    policy = policies.of(BRADFORD)

    (route,) = policy.routes
    assert (route.channel, route.address) == (RouteChannel.EMAIL, "duty.desk@bradford.example")
    assert route.severities == {Severity.TODAY, Severity.INFORMATION}
    assert (policy.digest_at, policies.hub.digest_at) == (time(9, 15), time(8))
    assert EmailAddresses(policies)["BFD-MAIL"] == "duty.desk@bradford.example"
    assert "BFD-MAIL" not in WebhookAddresses(policies, SchoolDirectory(schools={}))


@pytest.mark.parametrize(
    "address",
    [
        "duty.desk",
        "@bradford.example",
        "duty@localhost",
        "duty@bradford.example\\nBcc: all@elsewhere.example",
        "duty@bradford.example, all@elsewhere.example",
        "Duty <duty@bradford.example>",
        '\\"duty desk\\"@bradford.example',
        "duty@-bradford.example",
        "duty@brädford.example",
        "d" * 65 + "@bradford.example",
        "duty@" + "a" * 64 + ".example",
    ],
)
def test_what_is_no_plain_address_is_refused_and_not_repeated(files, address):
    add(files, ROUTE.replace("duty.desk@bradford.example", address))
    with pytest.raises(ConfigurationError, match=r"E08000032.toml: routes.0.email") as refused:
        load_policies(files)
    assert "duty" not in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('email = "duty.desk@bradford.example"\n', "", "email was expected"),
        ('channel = "email"', 'channel = "webhook"', "webhook was expected"),
        ("email =", 'webhook = "https://a.example"\nemail =', "and no other address"),
        ('"BFD-MAIL"', '"bfd mail"', "routes.0.desk"),
    ],
)
def test_a_mistake_in_a_route_by_email_is_refused(files, old, new, expected):
    add(files, ROUTE.replace(old, new))
    with pytest.raises(ConfigurationError, match=expected):
        load_policies(files)


def test_a_code_is_told_by_one_channel_alone(files):
    add(files, ROUTE)
    webhook = ROUTE.replace('"email"', '"webhook"').replace("email =", "webhook =")
    add(files, webhook.replace("duty.desk@", "https://"), "E08000033.toml")
    with pytest.raises(ConfigurationError, match="one address for BFD-MAIL was expected"):
        load_policies(files)


def check(files):
    return CliRunner().invoke(app, ["check", str(files)], env={"COLUMNS": "200"})


def test_the_check_warns_of_routes_by_email_where_no_mail_server_is_set(files, set_as):
    set_as(HUB_SMTP_HOST=None)
    assert "Warning" not in check(files).output
    add(files, ROUTE)
    shown = check(files)
    assert shown.exit_code == 0
    assert "Warning: 1 routes are by e-mail, and no mail server is set here" in " ".join(
        shown.output.split()
    )


def test_the_check_refuses_a_mailbox_in_a_domain_that_is_not_allowed(files, set_as):
    set_as()
    add(files, ROUTE)
    assert check(files).exit_code == 0
    set_as(HUB_EMAIL_DOMAINS="leeds.example")
    refused = check(files).exception
    assert isinstance(refused, ConfigurationError)
    assert "BFD-MAIL" in str(refused)
    assert "@" not in str(refused)


# ---------------------------------------------------------------------------- what an operator sets


def test_a_mail_server_is_there_once_its_host_is_set(set_as):
    server = mail_server(set_as(HUB_SMTP_USER="hub", HUB_SMTP_PASSWORD=WORD))
    assert (server.host, server.port, server.security) == (
        "mail.hub.example",
        587,
        Security.STARTTLS,
    )
    assert server.password == WORD
    assert mail_server(set_as(HUB_SMTP_HOST=None)) is None


def test_domains_are_read_without_spaces_and_case(set_as):
    assert domains_of(set_as()) == {"bradford.example", "leeds.example"}
    assert domains_of(set_as(HUB_EMAIL_DOMAINS=None)) == frozenset()


@pytest.mark.parametrize("missing", ["HUB_SMTP_SENDER", "HUB_EMAIL_DOMAINS", "HUB_PUBLIC_URL"])
def test_a_host_without_what_goes_with_it_is_refused(set_as, missing):
    with pytest.raises(ConfigurationError, match=missing):
        mail_server(set_as(**{missing: None}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HUB_SMTP_SECURITY", "none"),
        ("HUB_SMTP_PORT", "0"),
        ("HUB_SMTP_SENDER", "Hub <hub@hub.example>"),
        ("HUB_SMTP_SENDER", "hub@hub.example\nBcc: all@elsewhere.example"),
        ("HUB_PUBLIC_URL", "http://hub.example"),
        ("HUB_PUBLIC_URL", "https://hub.example?to=elsewhere"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused(set_as, name, value):
    with pytest.raises(ConfigurationError, match=name) as refused:
        set_as(**{name: value})
    assert value not in str(refused.value)


def test_a_password_may_be_in_a_file_of_ones_own_and_is_shown_nowhere(set_as, tmp_path):
    file = tmp_path / "password"
    file.write_text(f"{WORD}\n")
    file.chmod(0o644)
    with pytest.raises(ConfigurationError, match="0600"):
        mail_server(set_as(HUB_SMTP_PASSWORD_FILE=str(file)))
    file.chmod(0o600)
    settings = set_as(HUB_SMTP_PASSWORD_FILE=str(file))
    assert mail_server(settings).password == WORD
    shown = repr(set_as(HUB_SMTP_PASSWORD=OTHER_WORD)) + repr(mail_server(settings))
    assert WORD not in shown
    assert OTHER_WORD not in shown
    with pytest.raises(ConfigurationError, match="cannot be read"):
        mail_server(set_as(HUB_SMTP_PASSWORD_FILE=str(tmp_path / "none")))
