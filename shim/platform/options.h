/* UNKNOT_OPTIONS="key=value:key=value": what the environment asks of the shim. Values may hold ':'
 * and '\' behind a '\'. Read once at start-up; constant afterwards, so any thread may look.
 * A value that cannot be used keeps its default and is told in one line of the recording and, with
 * the exit report on, at exit: never by refusing to run. */
#ifndef UNKNOT_SHIM_OPTIONS_H
#define UNKNOT_SHIM_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "shim/platform/path.h"

/* The choices of each OPTION_CHOICE: X(option, choice). */
#define ON_DEADLOCK_CHOICES(X) X(ON_DEADLOCK, report) X(ON_DEADLOCK, exit) X(ON_DEADLOCK, abort)

enum on_deadlock {
#define CHOICE(option, choice) option##_##choice,
    ON_DEADLOCK_CHOICES(CHOICE)
#undef CHOICE
};

struct shim_options {
#define OPTION_TEXT(name, initial, help)                    char name[PATH_BYTES];
#define OPTION_BYTES(name, initial, lowest, highest, help)  uint64_t name##_bytes;
#define OPTION_NUMBER(name, initial, lowest, highest, help) uint32_t name;
#define OPTION_SWITCH(name, initial, help)                  bool name;
#define OPTION_CHOICE(name, initial, choices, help)         uint32_t name;
#include "shim/platform/options.def"
#undef OPTION_TEXT
#undef OPTION_BYTES
#undef OPTION_NUMBER
#undef OPTION_SWITCH
#undef OPTION_CHOICE
};

extern struct shim_options options;

/* Parses the environment's text (may be NULL). */
void options_parse(const char *text);

/* The first option that could not be used, "" if none: a part of one line. */
const char *options_complaint(void);

/* Writes the list of options to a descriptor. */
void options_help(int fd);

#endif
