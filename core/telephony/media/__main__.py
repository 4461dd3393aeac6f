"""``python -m core.telephony.media``.

The arithmetic of a tick is many small products: a second thread of the matrix library waits for the first one longer
than it helps, and on a busy machine both come late for the tick. The library asks for its threads once, when it is
loaded, so that this has to be said before anything here brings numpy in.
"""

import os

for library in ("OPENBLAS", "OMP", "MKL", "BLIS", "VECLIB", "NUMEXPR"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

from core.telephony.media.process import main  # noqa: E402 - see above

main()
