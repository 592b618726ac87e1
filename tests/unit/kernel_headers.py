"""Numbers of the kernel's own headers, to compare ours with: a C compiler is asked."""

import shutil
import subprocess

import pytest


def values(folder, header, expressions):
    """The value of each C expression; skips where nobody can tell."""
    compiler = shutil.which("cc")
    if not compiler:
        pytest.skip("no C compiler (apt install gcc libc6-dev)")
    prints = "".join(f'printf("%lu\\n", (unsigned long)({one}));' for one in expressions)
    source = folder / "ask.c"
    source.write_text(
        f"#include <{header}>\n#include <stddef.h>\n#include <stdio.h>\n"
        f"int main(void) {{ {prints} return 0; }}\n"
    )
    command = [compiler, source, "-o", folder / "ask"]
    built = subprocess.run(command, capture_output=True, text=True)
    if built.returncode:
        pytest.skip(f"no headers of the kernel (apt install linux-libc-dev): {built.stderr[:80]}")
    found = subprocess.run([folder / "ask"], check=True, capture_output=True, text=True)
    return list(map(int, found.stdout.split()))
