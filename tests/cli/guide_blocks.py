"""Runs the commands of a page of the guide and compares what they print with what the page shows.

Usage: guide_blocks.py check|write PAGE FOLDER

A block that begins with ```console holds commands, each behind "$ ", and under each what it prints, standard error among it. They run one after the other in FOLDER, with
castmap on the path. `write` puts what they print today into the page instead."""
import subprocess
import sys


def run(command, folder):
    done = subprocess.run(["bash", "-c", command], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=120)
    return [line.rstrip() for line in done.stdout.decode().splitlines()]


def main(what, page, folder):
    lines = open(page, encoding="utf-8").read().split("\n")
    out, wrong, commands, at = [], 0, 0, 0
    while at < len(lines):
        out.append(lines[at])
        at += 1
        if out[-1] != "```console":
            continue
        while lines[at] != "```":
            command = lines[at]
            if not command.startswith("$ "):
                sys.exit("%s:%d: a block must begin with a command" % (page, at + 1))
            begin = at
            at += 1
            while lines[at] != "```" and not lines[at].startswith("$ "):
                at += 1
            shown, printed = lines[begin + 1:at], run(command[2:], folder)
            commands += 1
            if shown != printed and what == "check":
                wrong += 1
                print("%s:%d: %s prints:" % (page, begin + 1, command))
                print("\n".join("    " + line for line in printed))
            out += [command] + printed
    if what == "write":
        open(page, "w", encoding="utf-8").write("\n".join(out))
    if commands == 0:
        sys.exit("%s: no command was found" % page)
    print("%s: %d commands, %d print something else" % (page, commands, wrong))
    return 1 if wrong else 0


sys.exit(main(*sys.argv[1:]))
