"""The demos that deadlock: how they are recorded and run, and what makes them right.

A demo is made right by the replacements below, each of text that its source has once, and is
compiled anew: the fixed twin has the same functions, at other addresses.
"""

import subprocess
from dataclasses import dataclass, field

from cases import ROOT


@dataclass
class Demo:
    """One demo. `hang`: it is recorded while it hangs, as nothing is found otherwise."""

    name: str
    changes: list
    hang: list = field(default_factory=list)  # arguments, to record it
    arguments: list = field(default_factory=list)  # to reproduce it

    @property
    def source(self):
        return next((ROOT / "demos").glob(f"{self.name}.c*"))

    def program(self, build):
        return str((build / "bin/demos" / self.name).absolute())

    def build_fixed(self, directory, compilers):
        """Compiles the right one; returns where it is."""
        text = self.source.read_text(encoding="utf-8")
        for old, new in self.changes:
            if text.count(old) != 1:
                raise ValueError(f"{self.name}: not there once: {old!r}")
            text = text.replace(old, new)
        source = directory / f"fixed_{self.source.name}"
        source.write_text(text, encoding="utf-8")
        program = directory / f"{self.name}_fixed"
        compiler, standard = compilers[self.source.suffix], "-std=gnu11"
        if self.source.suffix == ".cpp":
            standard = "-std=gnu++17"
        flags = ["-g", "-O1", "-fno-inline", "-fno-optimize-sibling-calls", "-D_GNU_SOURCE"]
        subprocess.run([compiler, standard, *flags, "-I", str(ROOT), "-o", str(program),
                        str(source), "-pthread"], check=True)
        return str(program)


def swapped(first, second):
    """The change that takes two locks the other way round, where two lines take them."""
    return (f"    {first}\n    {second}\n", f"    {second}\n    {first}\n")


DEMOS = [
    Demo("lock_ab", [
        ('    pthread_mutex_lock(&lock_B);\n    printf("%s: has lock_B, sleeps',
         '    pthread_mutex_lock(&lock_A);\n    pthread_mutex_lock(&lock_B);\n'
         '    printf("%s: has lock_B, sleeps'),
        ('wants lock_A\\n", (const char *)name);\n    pthread_mutex_lock(&lock_A);\n',
         'wants lock_A\\n", (const char *)name);\n'),
    ]),
    Demo("lock_ab_lucky", [swapped("pthread_mutex_lock(&lock_B);", "pthread_mutex_lock(&lock_A);")]),
    Demo("philosophers", [
        ("&forks[seat];", "&forks[seat + 1 < SEATS ? seat : 0];"),
        ("&forks[(seat + 1) % SEATS];", "&forks[seat + 1 < SEATS ? seat + 1 : seat];"),
    ]),
    Demo("three_locks", [swapped("pthread_mutex_lock(&payments);", "pthread_mutex_lock(&orders);")]),
    Demo("rwlock_inversion", [
        ("    pthread_rwlock_wrlock(&prices);\n    price += 10;\n"
         "    pthread_rwlock_wrlock(&catalogue);\n",
         "    pthread_rwlock_wrlock(&catalogue);\n    pthread_rwlock_wrlock(&prices);\n"
         "    price += 10;\n"),
    ]),
    Demo("two_semaphores", [swapped("sem_wait(&sem_B);", "sem_wait(&sem_A);")]),
    Demo("nested_monitor", [
        ("    pthread_mutex_lock(&shop);\n    pthread_mutex_lock(&shelf);\n    if (!lucky)",
         "    pthread_mutex_lock(&shop);\n    pthread_mutex_unlock(&shop);\n"
         "    pthread_mutex_lock(&shelf);\n    if (!lucky)"),
        ("    pthread_mutex_unlock(&shelf);\n    pthread_mutex_unlock(&shop);\n    return NULL;",
         "    pthread_mutex_unlock(&shelf);\n    return NULL;"),
    ], hang=["hang"]),
    Demo("lost_wakeup", [
        ("    if (!ready) {\n", "    pthread_mutex_lock(&lock);\n    while (!ready) {\n"),
        ("            demo_wait_turn(2); /* the signal comes now */\n", ""),
        ("        pthread_mutex_lock(&lock);\n        if (lucky)", "        if (lucky)"),
        ("        pthread_mutex_unlock(&lock);\n    }\n", "    }\n    pthread_mutex_unlock(&lock);\n"),
    ], hang=["hang"], arguments=["hang"]),
    Demo("rwlock_upgrade", [
        ("        pthread_rwlock_wrlock(&cache_lock); /* while reading */\n",
         "        pthread_rwlock_unlock(&cache_lock);\n"
         "        pthread_rwlock_wrlock(&cache_lock);\n"),
    ], hang=["hang"], arguments=["hang"]),
    Demo("join_while_holding", [
        ("    pthread_mutex_lock(&books);\n    demo_end_turn();\n",
         "    demo_end_turn();\n    pthread_join(thread, NULL);\n    pthread_mutex_lock(&books);\n"),
        ('    pthread_join(thread, NULL);\n    printf("the balance',
         '    printf("the balance'),
    ]),
    Demo("static_guard", [
        ("    std::lock_guard<std::mutex> hold(config_lock);\n    config_level = 2;\n",
         "    {\n    std::lock_guard<std::mutex> hold(config_lock);\n    config_level = 2;\n    }\n"),
    ]),
]
