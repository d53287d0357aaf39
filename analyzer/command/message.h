/* Words to the user outside of a report: one line each, on standard error, safe for a terminal. */
#ifndef UNKNOT_COMMAND_MESSAGE_H
#define UNKNOT_COMMAND_MESSAGE_H

/* Prints "unknot COMMAND: " and the line; "unknot: " when `command` is NULL. */
__attribute__((format(printf, 2, 3))) void message(const char *command, const char *format, ...);

#endif
