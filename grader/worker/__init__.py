"""The other side of the wall: the process that runs student code.

Nothing in here is secret, and nothing in here imports the rest of `grader`: these modules need the
standard library, numpy, IPython and matplotlib only. They run in a process of their own, as the
package `worker`; of the trusted side only `grader.sandbox` knows them, by `wire`.
"""
