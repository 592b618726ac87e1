"""`python3 -m box.health`: whether the box of this machine answers, for health checks."""

import os
import sys
import urllib.request

from .virtual_box import DEFAULT_PORT


def main() -> int:
    url = f"http://127.0.0.1:{os.environ.get('BOX_PORT') or DEFAULT_PORT}/hw_proxy/hello"
    try:
        with urllib.request.urlopen(url, timeout=3) as response:
            return 0 if response.read() == b"ping" else 1
    except OSError as error:
        print(f"{url}: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
