"""`python -m stentor`."""

from stentor.cli import main

main()
