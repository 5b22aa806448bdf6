"""The crew: its moves one by one, and what holds after any moves in any order."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.errors import BadInput, Conflict, Full, NotAllowed, NotFound, StentorError
from stentor.limits import BANS_MAX, LINE_LENGTH_MAX, MEMBERS_MAX, NAME_LENGTH_MAX, NOTE_LENGTH_MAX
from stentor.space.crew import Ban, BanKind, Crew, Member, Silence, checked_note
from stentor.space.people import Role

NATS_PAYLOAD_BYTES_MAX = 1 << 20


def crew(**people: Role) -> Crew:
    """Args: people: name → role; the id is the name."""
    made = Crew("demo")
    for person, role in people.items():
        made = made.invited(person, name=person.title(), role=role, invitation_id=f"i-{person}")
    return made


@pytest.fixture
def evening() -> Crew:
    return crew(ana=Role.HOST, ben=Role.COHOST, cleo=Role.SPEAKER, dan=Role.LISTENER, eva=Role.LISTENER)


def ban(kind: BanKind, value: str) -> Ban:
    return Ban(kind, value, "Somebody", "ana", 1)


def test_the_line_is_in_the_order_of_asking_and_asking_again_keeps_the_place(evening: Crew) -> None:
    line = evening.asked("eva", note="First", at_ms=1).asked("dan", note="", at_ms=2)
    line = line.asked("eva", note="  Still\nfirst ", at_ms=3)
    assert [(m.id, m.note) for m in line.line] == [("eva", "Still first"), ("dan", "")]
    assert (line.place_of("eva"), line.place_of("dan"), line.place_of("ana")) == (1, 2, None)


def test_who_was_put_back_stands_where_they_stood(evening: Crew) -> None:
    line = evening.asked("eva", note="", at_ms=1).asked("dan", note="", at_ms=2)
    on_stage = line.accepted("eva", speakers_max=9)
    assert (on_stage.member("eva").role, on_stage.place_of("dan")) == (Role.SPEAKER, 1)
    assert on_stage.put_back("eva", at_ms=9).place_of("eva") == 1


def test_who_was_declined_asks_anew_at_the_end(evening: Crew) -> None:
    line = evening.asked("eva", note="", at_ms=1).asked("dan", note="", at_ms=2).declined("eva")
    assert line.asked("eva", note="", at_ms=3).place_of("eva") == 2


def test_a_decline_or_removal_that_is_undone_gives_the_place_back(evening: Crew) -> None:
    line = evening.asked("eva", note="", at_ms=1).asked("dan", note="", at_ms=2)
    assert line.declined("eva").place_of("eva") is None
    assert line.declined("eva").put_back("eva", at_ms=9).place_of("eva") == 1
    assert line.removed("eva").let_back("eva").put_back("eva", at_ms=9).place_of("eva") == 1


def test_who_was_called_unasked_goes_to_the_end_of_the_line(evening: Crew) -> None:
    """An earlier wish, declined long ago, is no place in the line."""
    line = evening.asked("eva", note="", at_ms=1).declined("eva").asked("dan", note="", at_ms=2)
    assert line.accepted("eva", speakers_max=9).put_back("eva", at_ms=9).place_of("eva") == 2


def test_the_line_has_an_end() -> None:
    people = {f"p{n}": Role.LISTENER for n in range(LINE_LENGTH_MAX + 1)}
    full = crew(**people)
    for number in range(LINE_LENGTH_MAX):
        full = full.asked(f"p{number}", note="", at_ms=number)
    with pytest.raises(Full):
        full.asked(f"p{LINE_LENGTH_MAX}", note="", at_ms=999)
    assert len(full.asked("p0", note="again", at_ms=999).line) == LINE_LENGTH_MAX


@pytest.mark.parametrize(("speakers_max", "is_room"), [(3, False), (4, True)])
def test_the_stage_has_an_end_and_programmes_take_nobodys_place(
    evening: Crew, speakers_max: int, is_room: bool
) -> None:
    busy = evening.invited("tape", name="Tape", role=Role.SPEAKER, invitation_id="i", is_source=True)
    if is_room:
        assert busy.accepted("dan", speakers_max=speakers_max).member("dan").may_be_on_stage
    else:
        with pytest.raises(Full, match="limit is 3"):
            busy.accepted("dan", speakers_max=speakers_max)
    # Who is there already needs no place.
    assert busy.accepted("cleo", speakers_max=1) == busy


def test_who_speaks_does_not_ask_to_and_who_is_out_does_nothing(evening: Crew) -> None:
    with pytest.raises(Conflict):
        evening.asked("cleo", note="", at_ms=1)
    out = evening.removed("dan")
    with pytest.raises(NotAllowed):
        out.asked("dan", note="", at_ms=1)
    refused: list[Callable[[], Crew]] = [
        lambda: out.accepted("dan", speakers_max=9),
        lambda: out.put_back("dan", at_ms=1),
        lambda: out.with_role("dan", Role.SPEAKER),
        lambda: out.handed_over("dan"),
    ]
    for move in refused:
        with pytest.raises(Conflict):
            move()


def test_the_host_stays_until_the_role_is_handed_over(evening: Crew) -> None:
    moves: list[Callable[[Crew], Crew]] = [
        lambda c: c.removed("ana"),
        lambda c: c.to_audience("ana"),
        lambda c: c.put_back("ana", at_ms=1),
        lambda c: c.with_role("ana", Role.SPEAKER),
        lambda c: c.banned(ban(BanKind.PERSON, "ana")),
    ]
    for move in moves:
        with pytest.raises(Conflict, match="host"):
            move(evening)
    then = evening.handed_over("ben")
    assert (then.member("ana").role, then.member("ben").role) == (Role.COHOST, Role.HOST)
    for move in moves:
        move(then)


def test_a_space_has_one_host_and_no_programme_leads(evening: Crew) -> None:
    with pytest.raises(Conflict):
        evening.invited("zoe", name="Zoe", role=Role.HOST, invitation_id="i")
    with pytest.raises(Conflict):
        evening.with_role("cleo", Role.HOST)
    with pytest.raises(Conflict):
        evening.handed_over("dan")
    tape = evening.invited("tape", name="Tape", role=Role.SPEAKER, invitation_id="i", is_source=True)
    with pytest.raises(Conflict, match="programme"):
        tape.handed_over("tape")
    with pytest.raises(Conflict, match="programme"):
        tape.with_role("tape", Role.COHOST)


def test_the_cohost_leads_while_the_host_is_away_and_gives_way_when_they_are_back(evening: Crew) -> None:
    two = evening.with_role("cleo", Role.COHOST)
    assert two.leader(["ben", "ana", "cleo"]) == "ana"
    assert two.leader(["cleo", "ben"]) == "cleo"  # who came first
    assert two.leader(["dan"]) is None
    assert two.removed("cleo").leader(["cleo", "ben"]) == "ben"


def test_a_lock_is_opened_by_a_host_only(evening: Crew) -> None:
    locked = evening.silenced("cleo", Silence.LOCKED)
    with pytest.raises(NotAllowed):
        locked.muted_self("cleo", is_muted=False)
    assert locked.muted_self("cleo", is_muted=True).member("cleo").silence is Silence.LOCKED
    muted = evening.silenced("cleo", Silence.MUTED)
    assert not muted.muted_self("cleo", is_muted=False).member("cleo").is_muted


def test_a_crowd_that_was_removed_keeps_nobody_out_and_stays_out() -> None:
    full = crew(ana=Role.HOST, **{f"p{n}": Role.SPEAKER for n in range(MEMBERS_MAX - 1)})
    with pytest.raises(Full):
        full.invited("eva", name="Eva", role=Role.SPEAKER, invitation_id="i-eva")
    for number in range(3):
        full = full.banned(ban(BanKind.PERSON, f"p{number}"))
    room = full.invited("eva", name="Eva", role=Role.SPEAKER, invitation_id="i-eva")
    assert (len(room.members), room.find("p0"), room.find("p1") is None) == (MEMBERS_MAX, None, False)
    with pytest.raises(NotAllowed):
        room.require_stage("p0")


@pytest.mark.parametrize("closed_before", [Silence.NONE, Silence.MUTED, Silence.LOCKED])
def test_a_host_opens_what_a_host_has_closed_and_never_what_its_owner_has(
    evening: Crew, closed_before: Silence
) -> None:
    own = evening.silenced("cleo", closed_before).muted_self("cleo", is_muted=True)
    own = own.silenced("cleo", Silence.LOCKED)
    assert own.silenced("cleo", Silence.NONE).member("cleo").silence is Silence.MUTED
    assert own.all_silenced(Silence.NONE, but=None).member("cleo").silence is Silence.MUTED
    assert own.removed("cleo").let_back("cleo").member("cleo").silence is Silence.MUTED
    opened = own.silenced("cleo", Silence.NONE).muted_self("cleo", is_muted=False)
    assert not opened.member("cleo").is_muted
    # From then on it is the host's again to close and to open.
    assert not opened.silenced("cleo", Silence.LOCKED).silenced("cleo", Silence.NONE).member("cleo").is_muted


def test_who_helps_to_lead_mutes_all_and_locks_or_unlocks_nobody_who_leads_too(evening: Crew) -> None:
    two = evening.with_role("cleo", Role.COHOST)
    hushed = two.all_silenced(Silence.LOCKED, but="cleo", leaders_too=False)
    assert [m.silence for m in hushed.members if m.role.may_lead and m.id != "cleo"] == [
        Silence.MUTED for m in two.members if m.role.may_lead and m.id != "cleo"
    ]
    locked = two.silenced("cleo", Silence.LOCKED)
    for wanted in Silence:
        then = locked.all_silenced(wanted, but=None, leaders_too=False)
        assert then.member("cleo").silence is Silence.LOCKED


def test_muting_all_spares_who_asks_for_it_and_programmes_and_keeps_locks(evening: Crew) -> None:
    room = evening.invited("tape", name="Tape", role=Role.SPEAKER, invitation_id="i", is_source=True)
    room = room.silenced("ben", Silence.LOCKED).all_silenced(Silence.MUTED, but="ana")
    silences = {member.id: member.silence for member in room.members}
    assert silences["ben"] is Silence.LOCKED
    assert (silences["ana"], silences["tape"], silences["cleo"]) == (
        Silence.NONE,
        Silence.NONE,
        Silence.MUTED,
    )
    opened = room.all_silenced(Silence.NONE, but="ana")
    assert not any(member.is_muted for member in opened.members)


def test_a_removal_is_of_the_person_whichever_link_they_hold(evening: Crew) -> None:
    out = evening.removed("cleo").invited("cleo", name="C", role=Role.SPEAKER, invitation_id="another")
    with pytest.raises(NotAllowed):
        out.require_stage("cleo")
    back = out.let_back("cleo")
    assert (back.member("cleo").role, back.member("cleo").silence) == (Role.LISTENER, Silence.NONE)
    with pytest.raises(NotAllowed, match="audience"):
        back.require_stage("cleo")
    assert back.accepted("cleo", speakers_max=9).require_stage("cleo").id == "cleo"


def test_a_ban_of_a_person_removes_them_and_letting_them_back_lifts_it(evening: Crew) -> None:
    banned = evening.banned(ban(BanKind.PERSON, "cleo")).banned(ban(BanKind.NETWORK, "n1"))
    assert banned.is_banned(person_id="cleo")
    assert banned.is_banned(network="n1")
    assert not banned.is_banned(person_id="n1", network="cleo", invitation_ids=["n1"])
    assert not banned.is_banned()
    back = banned.let_back("cleo")
    assert not back.is_banned(person_id="cleo")
    assert back.is_banned(network="n1")
    assert banned.banned(ban(BanKind.NETWORK, "n1")) == banned
    assert banned.unbanned(BanKind.NETWORK, "n1").bans == banned.bans[:1]


def test_bans_have_an_end(evening: Crew) -> None:
    full = Crew("demo", evening.members, tuple(ban(BanKind.NETWORK, f"n{n}") for n in range(BANS_MAX)))
    with pytest.raises(Full):
        full.banned(ban(BanKind.NETWORK, "one more"))


def test_who_has_only_listened_makes_room_first() -> None:
    people = {f"p{n}": Role.LISTENER for n in range(MEMBERS_MAX)}
    full = crew(**people).asked("p0", note="", at_ms=1).removed("p1")
    then = full.invited("new", name="New", role=Role.SPEAKER, invitation_id="i")
    assert (len(then.members), then.find("p2"), then.find("p0") is not None) == (MEMBERS_MAX, None, True)
    assert then.find("p1") is not None  # who was removed is not forgotten by that
    busy = Crew("demo", tuple(Member(f"s{n}", "S", Role.SPEAKER, "i") for n in range(MEMBERS_MAX)))
    with pytest.raises(Full):
        busy.invited("new", name="New", role=Role.LISTENER, invitation_id="i")


def test_who_is_forgotten_may_not_be_on_stage(evening: Crew) -> None:
    left = evening.forgotten(["cleo", "nobody"])
    assert left.find("cleo") is None
    with pytest.raises(NotAllowed):
        left.require_stage("cleo")


def test_whoever_is_not_there_is_not_found(evening: Crew) -> None:
    with pytest.raises(NotFound, match="nobody"):
        evening.silenced("nobody", Silence.MUTED)


def test_a_note_is_one_plain_line_of_140() -> None:
    assert checked_note(" a\tb\u0007\n c ") == "a b c"
    assert len(checked_note("x" * NOTE_LENGTH_MAX)) == NOTE_LENGTH_MAX
    with pytest.raises(BadInput):
        checked_note("x" * (NOTE_LENGTH_MAX + 1))


def test_the_fullest_crew_that_a_crowd_can_make_fits_into_a_message() -> None:
    name, note = "𝄞" * NAME_LENGTH_MAX, "𝄞" * NOTE_LENGTH_MAX
    members = tuple(
        Member(f"{n:08}", name, Role.LISTENER, f"{n:08}", asked_ms=1 << 41, note=note, network="a" * 24)
        for n in range(MEMBERS_MAX)
    )
    bans = tuple(Ban(BanKind.NETWORK, "a" * 24, "Somebody", "owner", 1 << 41) for _ in range(BANS_MAX))
    data = json.dumps(Crew("x" * 48, members, bans).as_json(), ensure_ascii=False).encode()
    assert len(data) < NATS_PAYLOAD_BYTES_MAX


# ── after any moves in any order ─────────────────────────────────────────────────────────────────────

PEOPLE = st.sampled_from(["ana", "ben", "cleo", "dan", "eva", "tape", "nobody"])
MOVES: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "asked": st.fixed_dictionaries({"note": st.just(""), "at_ms": st.integers(0, 99)}),
    "accepted": st.fixed_dictionaries({"speakers_max": st.integers(1, 5)}),
    "declined": st.just({}),
    "put_back": st.fixed_dictionaries({"at_ms": st.integers(0, 99)}),
    "to_audience": st.just({}),
    "removed": st.just({}),
    "let_back": st.just({}),
    "handed_over": st.just({}),
    "with_role": st.fixed_dictionaries({"role": st.sampled_from(Role)}),
    "silenced": st.fixed_dictionaries({"silence": st.sampled_from(Silence)}),
    "muted_self": st.fixed_dictionaries({"is_muted": st.booleans()}),
    "seen": st.fixed_dictionaries({"network": st.sampled_from(["", "n1"])}),
}
STEPS = st.lists(
    st.one_of(*(st.tuples(st.just(name), PEOPLE, arguments) for name, arguments in MOVES.items())),
    max_size=25,
)


@given(STEPS)
def test_whatever_is_done_the_crew_stays_sound(steps: list[tuple[str, str, dict[str, Any]]]) -> None:
    now = crew(ana=Role.HOST, ben=Role.COHOST, cleo=Role.SPEAKER, dan=Role.LISTENER, eva=Role.LISTENER)
    now = now.invited("tape", name="Tape", role=Role.SPEAKER, invitation_id="i-tape", is_source=True)
    for name, person, arguments in steps:
        before = now
        with suppress(StentorError):
            now = getattr(now, name)(person, **arguments)
        if name == "muted_self" and person != "nobody":
            was, is_now = before.member(person).silence, now.member(person).silence
            assert was is not Silence.LOCKED or is_now is Silence.LOCKED
        elif person != "nobody" and before.member(person).has_closed:
            assert now.member(person).is_muted
        assert [m.id for m in now.members] == [m.id for m in before.members]
        assert sum(m.role is Role.HOST and not m.is_out for m in now.members) == 1
        for member in now.members:
            assert not (member.is_waiting and (member.may_be_on_stage or member.is_out))
            assert not (member.is_out and member.may_be_on_stage)
            assert not (member.is_source and member.role.may_lead)
        assert {m.id for m in now.line} == {m.id for m in now.members if m.is_waiting}
    assert Crew.from_json(json.loads(json.dumps(now.as_json()))) == now
