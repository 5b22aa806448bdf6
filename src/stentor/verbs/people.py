"""`stentor space people|accept|mute|…`: who is on stage and who asks what. Parses, calls, prints."""

from collections.abc import Awaitable, Callable
from typing import Annotated, cast

import typer
from rich.markup import escape
from rich.table import Table

from stentor.client.models import CrewTold, MemberTold, QuestionsTold, Role
from stentor.client.stage_door import StageDoor
from stentor.errors import NotFound
from stentor.verbs.common import DataDir, SpaceId, asked, console, told

Who = Annotated[str, typer.Argument(help="A person's id, or a name that only one has.", metavar="PERSON")]
Question = Annotated[str, typer.Argument(help="As `questions` lists it.", metavar="QUESTION")]
Verb = Callable[[StageDoor, str, str], Awaitable[CrewTold]]

_VERBS: dict[str, tuple[str, Verb]] = {
    "accept": ("Bring somebody from the line to the stage.", lambda d, s, p: d.people.accept(s, p)),
    "decline": ("Take somebody out of the line.", lambda d, s, p: d.people.decline(s, p)),
    "put-back": ("Move somebody from the stage to the line.", lambda d, s, p: d.people.put_back(s, p)),
    "audience": ("Move somebody from the stage to the audience.", lambda d, s, p: d.people.audience(s, p)),
    "remove": ("Take somebody out, whatever link they hold.", lambda d, s, p: d.people.remove(s, p)),
    "let-back": ("Undo a removal.", lambda d, s, p: d.people.let_back(s, p)),
    "hand-over": ("Hand the host's role over.", lambda d, s, p: d.people.make_host(s, p)),
}


def add_to(app: typer.Typer) -> None:
    """Adds the verbs about people and questions to `stentor space`."""
    for name, (words, verb) in _VERBS.items():
        app.command(name, help=words)(_command_of(verb))
    for command in (people, mute, unmute, role, ban, questions, question):
        app.command(command.__name__)(command)


def _command_of(verb: Verb) -> Callable[..., None]:
    def command(space_id: SpaceId, who: Who, data_dir: DataDir = None) -> None:
        _show(_done(space_id, who, data_dir, verb))

    return command


def people(space_id: SpaceId, data_dir: DataDir = None) -> None:
    """List everybody who is more than a listener, and the line."""
    _show(asked(data_dir, lambda door: door.people.list(space_id)))


def mute(
    space_id: SpaceId,
    who: Annotated[str | None, typer.Argument(help="A person's id or name.", metavar="PERSON")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="Everybody on stage.")] = False,
    lock: Annotated[bool, typer.Option("--lock", help="Only who leads may open it again.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Close a microphone, or all of them."""
    if everybody:
        _show(asked(data_dir, lambda door: door.people.mute_all(space_id, lock=lock)))
        return
    named = _named(who)
    verb: Verb = (lambda d, s, p: d.people.lock(s, p)) if lock else (lambda d, s, p: d.people.mute(s, p))
    _show(_done(space_id, named, data_dir, verb))


def unmute(
    space_id: SpaceId,
    who: Annotated[str | None, typer.Argument(help="A person's id or name.", metavar="PERSON")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="Everybody on stage.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Open a microphone, or all of them."""
    if everybody:
        _show(asked(data_dir, lambda door: door.people.unmute_all(space_id)))
        return
    _show(_done(space_id, _named(who), data_dir, lambda d, s, p: d.people.unmute(s, p)))


def role(
    space_id: SpaceId,
    who: Who,
    as_role: Annotated[str, typer.Argument(help="cohost, speaker or listener.", metavar="ROLE")],
    data_dir: DataDir = None,
) -> None:
    """Give somebody another role."""
    wanted = cast(Role, as_role)
    _show(_done(space_id, who, data_dir, lambda d, s, p: d.people.give_role(s, p, wanted)))


def ban(
    space_id: SpaceId,
    who: Who,
    invitation: Annotated[bool, typer.Option("--invitation", help="Also the link they came by.")] = False,
    network: Annotated[bool, typer.Option("--network", help="Also the network they came from.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Take somebody out for good."""
    _show(
        _done(
            space_id,
            who,
            data_dir,
            lambda d, s, p: d.people.ban(s, p, invitation=invitation, network=network),
        )
    )


def questions(
    space_id: SpaceId,
    is_open: Annotated[
        bool | None, typer.Option("--open/--closed", help="Whether the audience may ask.")
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Nothing on screen.")] = False,
    data_dir: DataDir = None,
) -> None:
    """List the audience's questions; open or close them, clear the screen."""

    async def work(door: StageDoor) -> QuestionsTold:
        if is_open is not None:
            await door.questions.open(space_id, is_open=is_open)
        if clear:
            await door.questions.clear_screen(space_id)
        return await door.questions.list(space_id)

    _show_questions(asked(data_dir, work))


def question(
    space_id: SpaceId,
    question_id: Question,
    away: Annotated[bool, typer.Option("--away", help="Put it away instead.")] = False,
    ban: Annotated[bool, typer.Option("--ban", help="Ban the network that it came from.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Put a question on everybody's screen."""

    async def work(door: StageDoor) -> QuestionsTold:
        if ban:
            return await door.questions.ban_author(space_id, question_id)
        if away:
            return await door.questions.put_away(space_id, question_id)
        return await door.questions.show(space_id, question_id)

    _show_questions(asked(data_dir, work))


def _named(who: str | None) -> str:
    if who is None:
        raise typer.BadParameter("Name a person, or say --all.")
    return who


def _done(space_id: str, who: str, data_dir: DataDir, verb: Verb) -> CrewTold:
    async def work(door: StageDoor) -> CrewTold:
        crew = await door.people.list(space_id)
        return await verb(door, space_id, person_of(crew, who).id)

    return asked(data_dir, work)


def person_of(crew: CrewTold, who: str) -> MemberTold:
    """Who is meant by an id or a name. Raises: NotFound: nobody, or several."""
    by_id = [member for member in crew.members if member.id == who]
    by_name = [member for member in crew.members if member.name.casefold() == who.casefold()]
    found = by_id or by_name
    if len(found) != 1:
        many = "Nobody here" if not found else f"{len(found)} people here"
        raise NotFound(f"{many} is called {who[:60]!r}. `stentor space people` lists names and ids.")
    return found[0]


def _show(crew: CrewTold) -> None:
    shown = Table("id", "role", "name", "is", "says", box=None)
    for member in crew.members:
        shown.add_row(member.id, member.role, escape(member.name), _is(crew, member), escape(member.note))
    console.print(shown)


def _is(crew: CrewTold, member: MemberTold) -> str:
    place = crew.line.index(member.id) + 1 if member.id in crew.line else 0
    facts = {
        "leads": member.id == crew.lead,
        "here": member.is_here,
        "away": member.is_away,
        "muted": member.silence == "muted",
        "locked": member.silence == "locked",
        "out": member.is_out,
        f"waits, {place}.": place > 0,
    }
    return ", ".join(word for word, holds in facts.items() if holds)


def _show_questions(asked_here: QuestionsTold) -> None:
    told("questions are open" if asked_here.is_open else "questions are closed")
    shown = Table("id", "is", "by", "question", box=None)
    for item in asked_here.items:
        state = "on screen" if item.id == asked_here.on_screen else "done" if item.is_done else ""
        shown.add_row(item.id, state, escape(item.name), escape(item.text))
    console.print(shown)
