/* Text in a caller's buffer: no allocation, no stdio, no locale, always NUL-terminated, cut where
 * the buffer ends. For messages and paths of the shim. */
#ifndef UNKNOT_SHIM_TEXT_H
#define UNKNOT_SHIM_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

struct text {
    char *bytes;
    size_t size, length;
    bool cut; /* something did not fit */
};

static inline struct text text_over(char *bytes, size_t size)
{
    return (struct text){.bytes = bytes, .size = size};
}

static inline void text_add_bytes(struct text *text, const char *more, size_t length)
{
    size_t room = text->size - text->length - 1;
    if (length > room) {
        length = room;
        text->cut = true;
    }
    memcpy(text->bytes + text->length, more, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

static inline void text_add(struct text *text, const char *more)
{
    text_add_bytes(text, more, strlen(more));
}

static inline void text_add_number(struct text *text, uint64_t number)
{
    char digits[20];
    size_t at = sizeof(digits);
    do
        digits[--at] = (char)('0' + number % 10);
    while (number /= 10);
    text_add_bytes(text, digits + at, sizeof(digits) - at);
}

static inline void text_add_hex(struct text *text, uint64_t number)
{
    char digits[16];
    size_t at = sizeof(digits);
    do
        digits[--at] = "0123456789abcdef"[number % 16];
    while (number /= 16);
    text_add(text, "0x");
    text_add_bytes(text, digits + at, sizeof(digits) - at);
}

/* One write; what the descriptor does not take is dropped. */
static inline void text_write(const struct text *text, int fd)
{
    if (write(fd, text->bytes, text->length) < 0)
        return;
}

#endif
