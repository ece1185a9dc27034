"""The program ``chartsift``: ``python -m chartsift run ...``."""

import signal
import sys

from . import PROGRAM, _native


def main() -> None:
    """Runs the program with the arguments of this process."""
    # An interrupt is the program's to answer.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(_native.main(["chartsift", *sys.argv[1:]], PROGRAM))


if __name__ == "__main__":
    main()
