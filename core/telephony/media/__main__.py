"""``python -m core.telephony.media``."""

from core.telephony.media.process import main

main()
