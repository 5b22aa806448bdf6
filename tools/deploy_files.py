"""Writes the generated files of deploy/, as `stentor deploy …` makes them from untouched settings.

Usage: python tools/deploy_files.py      (tests/deploy checks that they are up to date)
"""

from pathlib import Path

from stentor.deployment.files import made

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"


def main() -> None:
    for name, text in made().items():
        path = DEPLOY / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


if __name__ == "__main__":
    main()
