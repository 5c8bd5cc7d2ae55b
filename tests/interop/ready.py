"""A Python that has imported pandas, and runs scripts in children that need not.

Lines of JSON in: [script, text of its standard input]; out: [status, stdout, stderr].
A script that does not come to its end has failed, whatever it exits with.
Importing pandas takes a second, which most scripts here are shorter than.
"""

import json
import os
import runpy
import sys
import tempfile
import traceback

import pandas  # noqa: F401


def run_in_child(script, files):
    status = 1
    try:
        for fd, file in enumerate(files):
            os.dup2(file.fileno(), fd)
        sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")
        sys.argv = [script]
        runpy.run_path(script, run_name="__main__")
        sys.stdout.flush()
        status = 0
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(status)


def answer(script, text):
    files = [tempfile.TemporaryFile("w+") for _ in range(3)]
    files[0].write(text)
    files[0].flush()
    files[0].seek(0)
    child = os.fork()
    if child == 0:
        run_in_child(script, files)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    said = []
    for file in files[1:]:
        file.seek(0)
        said.append(file.read())
    return [status, *said]


for line in sys.stdin:
    print(json.dumps(answer(*json.loads(line))), flush=True)
