/* Names come from programs and files that nobody vouches for: nothing of theirs may steer a
 * terminal or break an output format. Any thread; allocates from the arena only. */
#ifndef UNKNOT_REPORT_ESCAPE_H
#define UNKNOT_REPORT_ESCAPE_H

#include <stdbool.h>
#include "analyzer/base/arena.h"

/* For a terminal: control characters, C1 controls and invalid UTF-8 become \xNN, and so do the
 * characters that reverse the direction of text. */
const char *escape_terminal(struct arena *arena, const char *text);

/* For JSON and XML: invalid UTF-8 becomes U+FFFD; quoting is left to the writer. */
const char *escape_utf8(struct arena *arena, const char *text);

/* For the text and attributes of XML: quoted, on one line if `one_line`; what XML cannot hold
 * becomes U+FFFD. */
const char *escape_xml(struct arena *arena, const char *text, bool one_line);

/* For a shell, so that a command in a report can be pasted; escaped for a terminal too. */
const char *escape_shell(struct arena *arena, const char *text);

#endif
