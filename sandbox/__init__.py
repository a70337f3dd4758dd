"""Run untrusted work in a locked process, and prove that it was locked.

::

    attack        51 escapes, tried from inside real workers
      │
    client      forkserver        the front end's side of a fork server │ the fork server itself
      │             │
      │         launchers         the same workers, started by other people's tools
      │             │
      │         workers           forked and locked, one job each
      │             │
      │         composition  export   all mechanisms applied and read back │ policies written out for other tools
      │             │          │
    policy ─────────┴──────────┘  what a worker may do, as data
      │
    mechanisms                    what the kernel offers, one mechanism per module

Each room imports those below it and none above; side by side they do not know each other (contracts in
pyproject.toml). All of them know ``exceptions``, what can be refused, and ``job``, what is to be done and how it went;
``messages`` is what a client and a fork server tell each other, ``frames`` how a worker hands over what it has made,
``spec`` what a fork server is.

Needs the standard library, ctypes and pyseccomp only (a test checks it), so that the code which decides what hostile
input can reach stays small enough to be read in one sitting.
"""
