"""No log of a house says who came, with what, or what was said: all is done once, then every log is read."""

import http.client
import json

from house.house import House, eventually

GUEST = "127.0.77.7"
"""An address of this machine that nothing else of the house uses."""
NAME, NOTE, WORDS, TITLE = "Ottilie Zappa", "zebra crossing", "Why is the moon marmalade?", "Walrus evening"


def ask(
    port: int, method: str, path: str, body: object = None, **fields: str
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """One request of the guest's; of an endless answer its beginning."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10, source_address=(GUEST, 0))
    data = None if body is None else json.dumps(body)
    line.request(method, path, body=data, headers={"Content-Type": "application/json"} | fields)
    answer = line.getresponse()
    told = answer.read(2000)
    line.close()
    return answer.status, answer.headers, told


def test_no_log_has_a_token_an_address_a_name_or_a_word(house: House) -> None:
    secrets = {GUEST, NAME, NOTE, WORDS, TITLE, (house.data_dir / "owner.token").read_text().strip()}
    front, stage = house.edge_port, house.backstage_port
    # Joins, places, passes; forged and broken ones.
    status, head, _ = ask(front, "GET", "/s/debate/live.aac", Referer="https://x.example/?pass=REFERRED")
    assert status == 200
    pass_ = head["Stentor-Pass"]
    status, _, told = ask(front, "POST", "/s/debate/ticket")
    assert status == 201
    ticket = json.loads(told)["ticket"]
    secrets |= {"REFERRED", pass_, ticket}
    for path in (
        f"/s/debate/live.mp4?ticket={ticket}",
        f"/s/debate/live.mp4?pass={pass_}",
        f"/s/debate/hls/master.m3u8?pass={pass_}",
        f"/s/debate/live.mp4?pass={pass_}&pass={pass_}",
        f"/s/debate/live.mp4?unknown={ticket}",
        f"/s/none.SECRETKEY/live.mp4?ticket={ticket[::-1]}",
        f"/s/debate/live.mp4?from=99999999&ticket={ticket}",
        f"/s/debate/{ticket}",
        "/spaces.json?q=Ottilie",
        "/search.json?q=Ottilie",
    ):
        ask(front, "GET", path)
    secrets |= {"SECRETKEY", ticket[::-1], "Ottilie"}
    posts: tuple[tuple[str, dict[str, str]], ...] = (
        ("pass", {"ticket": ticket}),
        ("here", {"ticket": ticket}),
        ("bid", {"ticket": ticket, "proof": "x"}),
        ("ticket", {"ticket": ticket}),
        ("question", {"text": WORDS, "name": NAME}),
        ("ask", {"name": NAME, "note": NOTE}),
        ("react", {"kind": "clap"}),
    )
    for name, body in posts:
        ask(front, "POST", f"/s/debate/{name}", body)
    # The stage door: an invitation that is opened, used, misused; the owner; a Space with a key.
    invitation = house.invite("debate", NAME)
    secrets.add(invitation)
    private = house.call("POST", "/api/spaces", {"id": "told-nobody", "title": TITLE, "is_private": True})
    secrets |= {link.rpartition("/")[2] for link in private["links"].values()}
    for path, bearer in (
        (f"/i/{invitation}", ""),
        ("/api/me", invitation),
        ("/api/me", invitation[::-1]),
        (f"/api/spaces/debate?key={invitation}", ""),
        ("/own/ONCESECRET", ""),
    ):
        ask(stage, "GET", path, Authorization=f"Bearer {bearer}")
    secrets |= {invitation[::-1], "ONCESECRET"}
    ask(stage, "POST", "/whip/debate", {"offer": WORDS}, Authorization=f"Bearer {invitation}")
    ask(stage, "POST", "/api/access/once", {"token": "ONCESECRET"})
    house.call("DELETE", "/api/spaces/told-nobody")

    assert {"backstage.log", "edge.log", "scribe.log"} <= _logs(house).keys()
    # The last thing that was done is in a log: all before it is, too.
    eventually(lambda: '"DELETE"' in _logs(house)["backstage.log"], "the door has written its log")
    secrets.add("Maya")
    logs = _logs(house)
    assert [(name, secret) for name in logs for secret in secrets if secret in logs[name]] == []


def _logs(house: House) -> dict[str, str]:
    """Each role's, and what `serve` and those who speak have said on the terminal."""
    paths = [*(house.data_dir / "logs").glob("*"), house.data_dir.parent / "house.log"]
    return {path.name: path.read_text(errors="replace") for path in paths}
