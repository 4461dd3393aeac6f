"""``python -m core.bootstrap.sip --home HOME``.

The worker that speaks reads this module once more when it starts (``multiprocessing``, spawn): what the sip process
needs stands in the other one, or the voice would carry all of it.
"""

if __name__ == "__main__":
    from core.bootstrap.sip_process import main

    main()
