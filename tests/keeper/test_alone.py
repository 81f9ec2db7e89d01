"""A keeper where Django is not installed: it imports, starts as a process, answers, and stops when told."""

import json
import os
import signal
import subprocess
import sys

import pytest

from tests.keeper import requirements
from tests.keeper.serving import ROOT, answers, free_ports
from tests.keepers import scene
from upstander.keeper import home, trial
from upstander.keepers.roster import read_roster

BLOCKED = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {blocked!r}:
            raise ModuleNotFoundError("No module named " + repr(name), name=name)

sys.meta_path.insert(0, Absent())
"""
NOT_THERE = ("django", "ninja", "allauth", "pydantic", "psycopg", "webauthn", "fido2", "qrcode")


def without(program: str, *arguments: str) -> list[str]:
    """A command that runs a program in a Python where these packages cannot be found."""
    return [sys.executable, "-c", BLOCKED.format(blocked=NOT_THERE) + program, *arguments]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, env=environment(), check=False, timeout=60)


MAIN = "from upstander.cli.main import main\nsys.exit(main(sys.argv[1:]))"


def test_the_block_blocks():
    done = run(without("import django"))
    assert done.returncode == 1
    assert "No module named 'django'" in done.stderr


def test_everything_a_keeper_is_imports_without_django():
    program = (
        "import pkgutil, importlib, upstander.keeper, upstander.keepers\n"
        "for room in (upstander.keeper, upstander.keepers):\n"
        "    for one in pkgutil.iter_modules(room.__path__, room.__name__ + '.'):\n"
        "        importlib.import_module(one.name)\n"
        "print(sorted(name for name in sys.modules if name.split('.')[0] in ('django', 'upstander')))"
    )
    done = run(without(program))
    assert done.returncode == 0, done.stderr
    assert "upstander.keeper.process" in done.stdout
    assert "django" not in done.stdout
    assert "upstander.server" not in done.stdout


def test_it_stands_on_what_its_requirements_name_and_nothing_else():
    """Every package that is loaded to serve, by the name it is imported under."""
    assert (ROOT / "requirements/keeper.txt").read_text("utf-8") == requirements.text()
    assert not {"django", "django-ninja", "psycopg", "pydantic"} & set(requirements.PACKAGES)
    imported = {"nacl": "pynacl", "typing_extensions": "typing-extensions"}
    program = (
        "import upstander.keeper.process, upstander.keeper.trial, upstander.cli.main\n"
        "import granian.server.embed\n"
        "ours = {name.split('.')[0] for name, one in list(sys.modules.items()) if getattr(one, '__file__', None)}\n"
        "print(*sorted(ours - set(sys.stdlib_module_names) - {'upstander'}))"
    )
    done = run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT / 'src')!r})\n{program}"]
    )
    assert done.returncode == 0, done.stderr
    public = [name for name in done.stdout.split() if not name.startswith("_")]
    loaded = {imported.get(name, name) for name in public}
    assert {"starlette", "pynacl", "cryptography", "granian"} <= loaded
    assert loaded <= {*requirements.PACKAGES, "sitecustomize"}


def test_a_folder_is_made_once_and_says_what_is_missing(tmp_path):
    init = without(MAIN, "keeper", "init", "--folder", str(tmp_path / "k"), "--name", "charity")
    first = run(init)
    assert first.returncode == 0, first.stderr
    key = (tmp_path / "k/keys/sign.key").read_text()
    assert (tmp_path / "k/keys/sign.key").stat().st_mode & 0o777 == 0o600
    again = run(init)
    assert again.returncode == 1
    assert "already" in again.stderr
    assert (tmp_path / "k/keys/sign.key").read_text() == key
    for step in ("serve", "beat"):
        done = run(without(MAIN, "keeper", step, "--folder", str(tmp_path / "k")))
        assert done.returncode == 1
        assert "there is no keeper ready" in done.stderr
    wrong = run(without(MAIN, "keeper", "init", "--folder", str(tmp_path / "x"), "--name", "A b"))
    assert wrong.returncode == 1
    assert "a to z" in wrong.stderr


def test_dealing_says_that_it_is_unsafe(tmp_path):
    done = run(without(MAIN, "keeper", "deal-unsafely", "--into", str(tmp_path), "--names", "a,b,c"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("UNSAFE")
    assert "upstander keeper serve" in done.stdout
    one = run(without(MAIN, "keeper", "deal-unsafely", "--into", str(tmp_path / "n"), "--names", "a"))
    assert one.returncode == 1
    assert "At least 2 keepers" in one.stderr


def test_three_processes_catch_up_with_each_other_and_stop_when_told(tmp_path):
    ports = free_ports(3)
    trial.deal(tmp_path, ["a", "b", "c"], 2, epoch="trial", first_port=ports, wait=(1, 4))
    processes = [
        subprocess.Popen(
            without(MAIN, "keeper", "serve", "--folder", str(tmp_path / name), "--port", str(ports + i)),
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for i, name in enumerate("abc")
    ]
    try:
        for i, name in enumerate("abc"):
            about = json.loads(answers(f"http://127.0.0.1:{ports + i}/v1/keeper"))
            assert about["keeper"] == name
            assert read_roster(about["roster"]).needs == 2
            assert len(about["transports"]) == 2
        done = run(without(MAIN, "keeper", "beat", "--folder", str(tmp_path / "a")))
        assert done.returncode == 0, done.stderr
        assert "Away: nobody." in done.stdout
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        said = [process.communicate(timeout=20)[0].decode() for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], said
    assert said == ["", "", ""]


def test_a_keeper_with_another_keepers_key_does_not_start(tmp_path):
    trial.deal(tmp_path, ["a", "b"], 2, epoch="trial", first_port=1, wait=(1, 1))
    home.load(tmp_path / "a")
    (tmp_path / "a/keys/share.json").write_bytes((tmp_path / "b/keys/share.json").read_bytes())
    done = run(without(MAIN, "keeper", "serve", "--folder", str(tmp_path / "a")))
    assert done.returncode == 1
    assert "not those that the roster names" in done.stderr


@pytest.mark.parametrize(
    "change",
    [{"soonest": 5}, {"least": 1}, {"name": "nobody"}, {"budget": 0}, {"time_zone": 3}, {"years": "six"}],
)
def test_a_policy_that_makes_no_sense_is_refused(tmp_path, change):
    from upstander.formats.errors import FormatError

    trial.deal(tmp_path, ["a", "b"], 2, epoch="trial", first_port=1, wait=(1, 1))
    path = tmp_path / "a/keeper.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(FormatError):
        home.load(tmp_path / "a")


def test_keepers_talk_over_https_only():
    from upstander.formats.errors import FormatError
    from upstander.keeper.ask import ask_over_https

    for url in ("http://keeper.example/v1/sync", "file:///etc/passwd", "ftp://x"):
        with pytest.raises(FormatError):
            ask_over_https(url, {})
    assert scene.ROSTER.keepers["union"].address.startswith("https://")
