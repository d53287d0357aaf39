"""A source package that Debian ships, built as it is, its CTest suite run bare and under unknot.

Fetches the package's source with apt-get, from the archive of /etc/apt/sources.list.d/debian.sources,
into a folder of its own; exit status 77 if it cannot be had."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

PACKAGE = "nng"
OPTIONS = ("-DCMAKE_BUILD_TYPE=RelWithDebInfo", "-DNNG_TESTS=ON")
# They need the network, or a certificate's date.
LEFT_OUT = "tls|wss|reconnect"
SOURCES = pathlib.Path("/etc/apt/sources.list.d/debian.sources")
UNKNOT = os.path.abspath(os.environ["UNKNOT"])


def _run(*command, check=True):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if check and done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: status {done.returncode}\n{done.stdout[-2000:]}")
    return done


def _fetch():
    """apt with lists of its own, so that nothing of the system's changes."""
    if not SOURCES.exists():
        return False
    here = pathlib.Path.cwd()
    (here / "parts").mkdir()
    (here / "lists/partial").mkdir(parents=True)
    text = SOURCES.read_text(encoding="utf-8")
    (here / "parts/source.sources").write_text(re.sub(r"^Types: .*", "Types: deb-src", text,
                                                      flags=re.M), encoding="utf-8")
    apt = ("apt-get", "-o", "Dir::Etc::sourcelist=/dev/null", "-o",
           f"Dir::Etc::sourceparts={here}/parts", "-o", f"Dir::State::lists={here}/lists",
           "-o", "APT::Sandbox::User=")
    return (_run(*apt, "update", check=False).returncode == 0
            and _run(*apt, "source", "--download-only", PACKAGE, check=False).returncode == 0)


def _suite(*before):
    done = _run(*before, "ctest", "--test-dir", "build", "--timeout", "120", "-E", LEFT_OUT,
                check=False)
    passed = re.search(r"tests passed, (\d+) tests failed out of (\d+)", done.stdout)
    return done.returncode, passed.group(0), set(re.findall(r"- (\S+) \(", done.stdout))


def main():
    if not _fetch():
        print(f"skipped: the source of {PACKAGE} cannot be had")
        sys.exit(77)
    _run("dpkg-source", "-x", str(next(pathlib.Path.cwd().glob("*.dsc"))), "source")
    os.chdir("source")
    _run("cmake", "-B", "build", *OPTIONS)
    _run("cmake", "--build", "build", "--", f"-j{os.cpu_count()}")
    _, bare, bare_failed = _suite()
    status, watched, failed = _suite(UNKNOT, "run", "--ci", "--output=report.txt", "--")
    report = pathlib.Path("report.txt").read_text(encoding="utf-8")
    print(f"bare: {bare}\nunder unknot: {watched}, status {status}\n{report}")
    if failed - bare_failed:
        sys.exit(f"failed only under unknot: {sorted(failed - bare_failed)}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        try:
            main()
        finally:
            os.chdir("/")
