#!/usr/bin/python3
"""git: import, clone, gc, log, grep, status with threads, on a small generated repository."""

import harness

FILES, COMMITS = 1200, 40
CONFIG = {"pack.threads": "4", "index.threads": "4", "grep.threads": "4", "checkout.workers": "4",
          "core.preloadIndex": "true", "gc.auto": "0", "user.name": "Test", "user.email": "t@e"}


def fast_import_stream():
    """Commits with fixed dates that change a few files each."""
    stream = []
    for commit in range(COMMITS):
        message = f"commit {commit}\n".encode()
        stream.append(b"commit refs/heads/main\ncommitter Test <t@e> %d +0000\ndata %d\n%s"
                      % (10**9 + commit, len(message), message))
        for number in range(0 if commit == 0 else commit % 7, FILES, 1 if commit == 0 else 31):
            text = f"{harness.sha256(f'{commit}/{number}'.encode())}\n".encode() * 20
            stream.append(b"M 100644 inline d%d/f%d\ndata %d\n%s\n"
                          % (number % 20, number, len(text), text))
    return b"".join(stream)


def play(scene):
    settings = {"GIT_CONFIG_NOSYSTEM": "1", "HOME": str(scene.folder),
                "GIT_CONFIG_COUNT": str(len(CONFIG)), "GIT_PAGER": "cat"}
    for index, (key, value) in enumerate(CONFIG.items()):
        settings |= {f"GIT_CONFIG_KEY_{index}": key, f"GIT_CONFIG_VALUE_{index}": value}

    def git(*words, **options):
        return scene.run(["git", *words], environment=settings, **options)

    git("init", "-q", "--initial-branch=main", "origin")
    git("-C", "origin", "fast-import", "--quiet", input=fast_import_stream())
    git("-C", "origin", "repack", "-a", "-d", "-f", "-q")
    git("clone", "-q", "--no-local", "origin", "copy")
    for number in range(0, FILES, 100):
        (scene.folder / "copy" / f"d{number % 20}" / f"f{number}").write_text("changed\n")
    facts = {
        "head": git("-C", "copy", "rev-parse", "HEAD"),
        "log": harness.sha256(git("-C", "copy", "log", "-p")),
        "status": git("-C", "copy", "status", "--porcelain"),
        "grep": harness.sha256(git("-C", "copy", "grep", "-n", "ab[0-9]c")),
        "gc": git("-C", "copy", "gc", "--quiet"),
        "fsck": git("-C", "copy", "fsck", "--full", "--no-progress"),
        "objects": harness.sha256(
            git("-C", "copy", "cat-file", "--batch-all-objects", "--batch-check")),
    }
    pack = next((scene.folder / "copy" / ".git" / "objects" / "pack").glob("*.pack"))
    facts["index"] = git("index-pack", "--threads=4", "-o", scene.folder / "again.idx", pack)[:4]
    git("nonsense", status=1)
    return facts


if __name__ == "__main__":
    harness.main(play, "git")
