"""Who hosts: the host and co-hosts by name, nobody else."""

from stentor.edge.public.hosts import names_of
from stentor.space.crew import Crew
from stentor.space.people import Role


def test_the_host_comes_first_then_cohosts_and_nobody_who_is_out_or_a_machine() -> None:
    crew = Crew("bees")
    for name, role in (
        ("Bo", Role.COHOST),
        ("Cy", Role.SPEAKER),
        ("Ada", Role.HOST),
        ("Di", Role.COHOST),
        ("Eve", Role.COHOST),
    ):
        crew = crew.invited(name.lower(), name=name, role=role, invitation_id=name)
    crew = crew.invited("obs", name="OBS", role=Role.COHOST, invitation_id="obs", is_source=True)
    assert names_of(crew.removed("eve")) == ("Ada", "Bo", "Di")
    assert names_of(Crew("nobody")) == ()
