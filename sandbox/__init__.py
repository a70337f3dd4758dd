"""Run untrusted work in a locked process, and prove that it was locked.

Needs the standard library, ctypes and pyseccomp only (a test checks it), so that the code which decides what hostile
input can reach stays small enough to be read in one sitting. One kernel mechanism per module.
"""
