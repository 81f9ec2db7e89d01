"""Every page and route of this room, as every role: what is not yours is not there."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from tests.server.accounts.staff import Staff, channel, institution, post, sign_in, staff
from upstander.server.accounts import actions
from upstander.server.institutions.models import Channel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.db]


class House:
    """Two institutions; the first has a member, an administrator, one who waits and one without a key."""

    def __init__(self) -> None:
        here, there = institution(), institution("elsewhere")
        self.team: Channel = channel(here)
        self.member = staff(here, "member", self.team)
        actions.enrol_first(self.team, self.member.key)
        self.waiting = staff(here, "waiting", self.team)
        self.administrator = staff(here, "administrator", administrator=True)
        self.other_administrator = staff(there, "other-administrator", administrator=True)
        self.elsewhere = staff(there, "elsewhere", channel(there))
        actions.enrol_first(channel(there), self.elsewhere.key)
        self.keyless = actions.create_person(here, username="keyless", name="Keyless", label="Keyless")

    def client(self, role: str) -> Client:
        if role == "nobody":
            return Client()
        if role == "keyless":
            client = Client()
            client.post(f"/desk/welcome/{actions.invite(self.keyless)}/")
            return client
        who: Staff = getattr(self, role)
        return sign_in(who)


@pytest.fixture
def house() -> House:
    return House()


ROLES = ("nobody", "keyless", "waiting", "member", "administrator", "other_administrator", "elsewhere")
SIGN_IN, SET_UP = "/desk/sign-in/", "/desk/keys/new/"

# what each role gets, in the order of ROLES: a status, or where it is sent
PAGES: dict[str, tuple[int | str, ...]] = {
    "/desk/keys/": (SIGN_IN, SET_UP, 200, 200, 200, 200, 200),
    "/desk/keys/new/": (
        SIGN_IN,
        200,
        "/desk/keys/",
        "/desk/keys/",
        "/desk/keys/",
        "/desk/keys/",
        "/desk/keys/",
    ),
    "/desk/keys/passkey/": (SIGN_IN, SET_UP, 200, 200, 200, 200, 200),
    "/desk/keys/words/": (SIGN_IN, SET_UP, 200, 200, 200, 200, 200),
    "/desk/keys/change/": (SIGN_IN, SET_UP, 200, 200, 200, 200, 200),
    "/desk/again/": (SIGN_IN, 200, 200, 200, 200, 200, 200),
    "/desk/people/": (SIGN_IN, SET_UP, 404, 404, 200, 200, 404),
    "/desk/people/member/lost/": (SIGN_IN, SET_UP, 404, 404, 200, 404, 404),
    "/desk/people/member/end/": (SIGN_IN, SET_UP, 404, 404, 200, 404, 404),
    "/desk/people/keyless/invite/": (SIGN_IN, SET_UP, 404, 404, 200, 404, 404),
    "/desk/channel/{team}/": (SIGN_IN, SET_UP, 404, 200, 200, 404, 404),
    "/desk/channel/{absent}/": (SIGN_IN, SET_UP, 404, 404, 404, 404, 404),
    "/desk/channel/{team}/leave/{member}/": (SIGN_IN, SET_UP, 404, 200, 200, 404, 404),
    "/desk/channel/{team}/leave/{waiting}/": (SIGN_IN, SET_UP, 404, 404, 404, 404, 404),
    "/desk/recover/": (SIGN_IN, SET_UP, 200, 200, 200, 200, 200),
    "/desk/recover/{team}/": (SIGN_IN, SET_UP, 404, 200, 404, 404, 404),
    "/desk/account/2fa/totp/activate/": (SIGN_IN, SET_UP, 200, 200, 200, 200, 200),
    "/desk/account/2fa/webauthn/add/": (SIGN_IN, SET_UP, 200, 200, 200, 200, 200),
}


def filled(path: str, house: House) -> str:
    keys = {"member": house.member.key.id, "waiting": house.waiting.key.id}
    return path.format(team=house.team.id, absent="a" * 26, **keys)


def test_every_page_as_every_role(house: House) -> None:
    clients = [house.client(role) for role in ROLES]
    found = {path: tuple(seen(client, filled(path, house)) for client in clients) for path in PAGES}
    assert found == PAGES


def seen(client: Client, path: str) -> int | str:
    """The status, or where it leads."""
    answer = client.get(path, headers={"host": "localhost"})
    return answer.headers["Location"].split("?")[0] if answer.status_code == 302 else int(answer.status_code)


ROUTES: dict[str, tuple[Callable[[Client, House], Any], tuple[int, ...]]] = {
    "me": (lambda client, house: client.get("/api/v1/desk/me"), (401, 200, 200, 200, 200, 200, 200)),
    "waiting": (
        lambda client, house: client.get(f"/api/v1/desk/channels/{house.team.id}/waiting"),
        (401, 401, 404, 200, 200, 404, 404),
    ),
    "waiting, absent": (
        lambda client, house: client.get(f"/api/v1/desk/channels/{'a' * 26}/waiting"),
        (401, 401, 404, 404, 404, 404, 404),
    ),
    # a signature that does not hold gets as far as being looked at for those who may see the channel
    "let in": (
        lambda client, house: post(
            client, f"/channels/{house.team.id}/members", {"key": house.waiting.key.id, "enrol": "x"}
        ),
        (401, 401, 404, 422, 422, 404, 404),
    ),
    "leave": (
        lambda client, house: post(
            client, f"/channels/{house.team.id}/leavers", {"key": house.member.key.id}
        ),
        (401, 401, 404, 409, 409, 404, 404),
    ),
    "wrap another's key": (
        lambda client, house: post(client, f"/keys/{'a' * 26}/wrapped", {"wrapped": {}}),
        (401, 401, 404, 404, 404, 404, 404),
    ),
}


def test_every_route_as_every_role(house: House) -> None:
    clients = [house.client(role) for role in ROLES]
    for name, (ask, expected) in ROUTES.items():
        assert tuple(ask(client, house).status_code for client in clients) == expected, name


def test_absent_and_not_yours_are_the_same_bytes(house: House) -> None:
    client = house.client("elsewhere")
    for path in ("/api/v1/desk/channels/{}/waiting",):
        absent, hers = client.get(path.format("a" * 26)), client.get(path.format(house.team.id))
        assert absent.content == hers.content
    absent = client.get(f"/desk/channel/{'a' * 26}/")
    hers = client.get(f"/desk/channel/{house.team.id}/")
    assert absent.status_code == hers.status_code == 404


def test_acts_that_matter_ask_again_after_ten_minutes(house: House) -> None:
    client = house.client("administrator")
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 601
    session.save()
    for path in (
        "/desk/people/",
        "/desk/people/member/lost/",
        f"/desk/channel/{house.team.id}/leave/{house.member.key.id}/",
    ):
        assert client.get(path).headers["Location"].startswith("/desk/again/"), path
        assert client.post(path).headers["Location"].startswith("/desk/again/"), path
    refused = post(client, f"/channels/{house.team.id}/leavers", {"key": house.member.key.id})
    assert (refused.status_code, refused.json()["where"]) == (403, "proof")


def test_nothing_under_the_desk_answers_without_a_session() -> None:
    client = Client()
    open_ways = ("/desk/sign-in/", "/desk/sign-out/", "/desk/welcome/", "/desk/account/2fa/authenticate/")
    for address in ("/desk/", "/desk/anything/", "/desk/account/2fa/", "/desk/account/password/change/"):
        assert not address.startswith(open_ways)
        assert client.get(address).headers["Location"].startswith(SIGN_IN), address
    assert client.get("/api/v1/desk/anything").status_code == 401


def test_there_is_no_password_page_and_no_sign_up() -> None:
    names = {str(name) for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert "account_login" in names
    assert not {name for name in names if "password" in name or "signup" in name or "email" in name}


def test_a_credential_that_carries_the_prf_result_is_refused_unread(house: House) -> None:
    client = house.client("member")
    credential = '{"clientExtensionResults": {"prf": {"results": {"first": "c2VjcmV0"}}}}'
    answer = client.post("/desk/account/2fa/webauthn/add/", {"credential": credential})
    assert answer.status_code == 400
    assert b"keep to itself" in answer.content


def test_the_administrator_makes_a_link_for_somebody_new(house: House) -> None:
    client = house.client("administrator")
    data = {"name": "New", "label": "New, team", "username": "New-One", "channels": [house.team.id]}
    page = client.post("/desk/people/", data).content.decode()
    token = page.split("/desk/welcome/")[1].split("/")[0]
    newcomer = Client()
    assert newcomer.post(f"/desk/welcome/{token}/").status_code == 302
    assert newcomer.get("/api/v1/desk/me").json()["username"] == "new-one"


def test_wrong_fields_are_named_beside_the_field(house: House) -> None:
    page = house.client("administrator").post("/desk/people/", {"username": "member"})
    assert page.status_code == 422
    text = page.content.decode()
    assert "3 things to change" in text
    assert 'href="#id_username"' in text
    assert "This user name is taken" in text


def test_an_administrator_does_nothing_to_herself(house: House) -> None:
    client = house.client("administrator")
    assert client.post("/desk/people/administrator/lost/").status_code == 409
    assert client.get("/api/v1/desk/me").status_code == 200


def test_next_leads_nowhere_else(house: House) -> None:
    client = house.client("member")
    for address in ("//elsewhere.example/", "https://elsewhere.example/desk/", "/other/"):
        assert client.get("/desk/sign-in/", {"next": address}).headers["Location"] == "/desk/"


def test_an_administrator_is_led_to_people_instead_of_cases(house: House) -> None:
    assert house.client("administrator").get("/desk/").headers["Location"] == "/desk/people/"
    assert house.client("member").get("/desk/").status_code == 200
