#!/usr/bin/env python3
"""What a command shows on a terminal, as text or as an SVG picture.

    record.py COLUMNS [--until TEXT] [--from TEXT] [--colour] [--svg] COMMAND [ARGUMENT...]

The command runs on a pseudo-terminal that is COLUMNS wide, and the terminal's lines are printed when it has ended;
with --until as soon as TEXT stands on them, and the command is ended then. Of a terminal's control sequences it knows
those that managed-db uses. --from leaves out what stands above the first line with TEXT. --colour shows colours as {green}…{}. The exit status is the command's.
"""
import fcntl
import os
import pty
import re
import signal
import struct
import sys
import termios

NAMES = {"31": "red", "32": "green", "33": "yellow", "34": "blue", "36": "cyan", "90": "grey"}
PAINT = {"red": "#f47067", "green": "#57ab5a", "yellow": "#daaa3f", "blue": "#539bf5", "cyan": "#39c5cf",
         "grey": "#768390", "": "#d1d7e0"}


class Screen:
    """Lines of cells (character, colour), and where the cursor stands."""

    def __init__(self, columns):
        self.columns, self.lines, self.row, self.column, self.colour = columns, [[]], 0, 0, ""

    def put(self, character):
        if self.column == self.columns:
            self.row, self.column = self.row + 1, 0
        while len(self.lines) <= self.row:
            self.lines.append([])
        line = self.lines[self.row]
        line.extend([(" ", "")] * (self.column - len(line)))
        line[self.column:self.column + 1] = [(character, self.colour)]
        self.column += 1

    def feed(self, text):
        for part in re.findall(r"\033\[[0-9;]*[A-Za-z]|.|\n", text, re.S):
            if part == "\r":
                self.column = 0
            elif part == "\n":
                self.row += 1
                while len(self.lines) <= self.row:
                    self.lines.append([])
            elif part == "\033[K":
                del self.lines[self.row][self.column:]
            elif part.startswith("\033[") and part.endswith("m"):
                self.colour = NAMES.get(part[2:-1], "")
            elif part.startswith("\033"):
                sys.exit("record.py: unknown sequence " + repr(part))
            else:
                self.put(part)

    def shown(self, colour=False):
        out = []
        for line in self.lines:
            text, last = "", ""
            for character, paint in line:
                if colour and paint != last:
                    text += "{%s}" % paint
                    last = paint
                text += character
            out.append((text + ("{}" if last else "")).rstrip())
        return "\n".join(out).rstrip("\n") + "\n"

    def svg(self):
        width, height = self.columns * 8.4 + 40, (len(self.lines) + 1) * 19 + 20
        out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-size="14" '
               'font-family="ui-monospace, Menlo, Consolas, monospace">' % (width, height),
               '<rect width="100%" height="100%" rx="8" fill="#22272e"/>']
        for number, line in enumerate(self.lines):
            spans, last = "", None
            for character, paint in line:
                if paint != last:
                    spans += ("</tspan>" if last is not None else "") + '<tspan fill="%s">' % PAINT[paint]
                    last = paint
                spans += {"&": "&amp;", "<": "&lt;", ">": "&gt;"}.get(character, character)
            if line:
                out.append('<text x="20" y="%d" xml:space="preserve">%s</tspan></text>' % (number * 19 + 34, spans))
        return "\n".join(out) + "\n</svg>\n"


def main(words):
    columns, until, first, colour, svg = int(words.pop(0)), None, None, False, False
    while words[0].startswith("--"):
        option = words.pop(0)
        if option == "--until":
            until = words.pop(0)
        elif option == "--from":
            first = words.pop(0)
        colour, svg = colour or option == "--colour", svg or option == "--svg"
    child, terminal = pty.fork()
    if child == 0:
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        os.execvp(words[0], words)
    screen, data, found = Screen(columns), b"", False
    while not found:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            piece = b""
        if not piece:
            break
        data += piece
        text = data.decode("utf-8", "ignore")
        # A sequence that has not come whole waits for the rest.
        if re.search(r"\033(\[[0-9;]*)?\Z", text):
            continue
        screen.feed(text)
        data = b""
        found = until is not None and until in screen.shown()
    if found:
        os.kill(child, signal.SIGTERM)
        shown = screen.shown(colour)
        while True:
            try:
                if not os.read(terminal, 65536):
                    break
            except OSError:
                break
    _, status = os.waitpid(child, 0)
    while first and screen.lines and first not in "".join(cell[0] for cell in screen.lines[0]):
        del screen.lines[0]
    sys.stdout.write(shown if found else screen.svg() if svg else screen.shown(colour))
    if until is not None and not found:
        sys.exit("record.py: %r was never shown" % until)
    return 0 if found else os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
