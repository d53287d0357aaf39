#include "analyzer/report/escape.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* U+FFFD, in the place of what a format cannot hold. */
static const char replacement[] = "\xef\xbf\xbd";

/* The length of the well-formed UTF-8 sequence at `text` with its code point, or 0. */
static size_t decode(const unsigned char *text, uint32_t *point)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = text[0] < 0x80             ? 1
                    : (text[0] & 0xe0) == 0xc0 ? 2
                    : (text[0] & 0xf0) == 0xe0 ? 3
                    : (text[0] & 0xf8) == 0xf0 ? 4
                                               : 0;
    if (length <= 1) {
        *point = text[0];
        return length;
    }
    uint32_t value = text[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80) {
            return 0;
        }
        value = value << 6 | (text[i] & 0x3f);
    }
    bool surrogate = value >= 0xd800 && value < 0xe000;
    if (value < smallest[length] || surrogate || value > 0x10ffff) {
        return 0;
    }
    *point = value;
    return length;
}

static bool steers_terminal(uint32_t point)
{
    return point < 0x20 || (point >= 0x7f && point < 0xa0) ||
           (point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
           (point >= 0x2066 && point <= 0x2069) || point == 0xfeff;
}

const char *escape_terminal(struct arena *arena, const char *text)
{
    char *result = arena_alloc(arena, strlen(text) * 4 + 1, 1);
    char *end = result;
    for (const unsigned char *next = (const unsigned char *)text; *next != '\0';) {
        uint32_t point = 0;
        size_t length = decode(next, &point);
        if (length != 0 && !steers_terminal(point)) {
            memcpy(end, next, length);
            end += length;
            next += length;
            continue;
        }
        for (size_t i = length == 0 ? 1 : length; i > 0; i--) {
            end += snprintf(end, 5, "\\x%02x", *next++);
        }
    }
    return result;
}

const char *escape_utf8(struct arena *arena, const char *text)
{
    char *result = arena_alloc(arena, strlen(text) * 3 + 1, 1);
    char *end = result;
    for (const unsigned char *next = (const unsigned char *)text; *next != '\0';) {
        uint32_t point;
        size_t length = decode(next, &point);
        memcpy(end, length == 0 ? replacement : (const char *)next, length == 0 ? 3 : length);
        end += length == 0 ? 3 : length;
        next += length == 0 ? 1 : length;
    }
    return result;
}

/* What XML has as it is or quoted; NULL for what it cannot hold at all. */
static const char *quoted_for_xml(uint32_t point, bool one_line)
{
    switch (point) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\n':
        return one_line ? "&#10;" : "\n";
    case '\t':
        return "&#9;";
    default:
        return point < 0x20 || point == 0xfffe || point == 0xffff ? NULL : "";
    }
}

const char *escape_xml(struct arena *arena, const char *text, bool one_line)
{
    char *result = arena_alloc(arena, strlen(text) * strlen("&quot;") + 1, 1);
    char *end = result;
    for (const unsigned char *next = (const unsigned char *)text; *next != '\0';) {
        uint32_t point = 0;
        size_t length = decode(next, &point);
        const char *quoted = length != 0 ? quoted_for_xml(point, one_line) : NULL;
        if (quoted == NULL) {
            end = stpcpy(end, replacement);
        } else if (quoted[0] != '\0') {
            end = stpcpy(end, quoted);
        } else {
            end = mempcpy(end, next, length);
        }
        next += length == 0 ? 1 : length;
    }
    *end = '\0';
    return result;
}

const char *escape_shell(struct arena *arena, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "@%+=:,./_-";
    const char *safe = escape_terminal(arena, text);
    if (safe[0] != '\0' && safe[strspn(safe, plain)] == '\0') {
        return safe;
    }
    char *result = arena_alloc(arena, strlen(safe) * 4 + 3, 1);
    char *end = result;
    *end++ = '\'';
    for (; *safe != '\0'; safe++) {
        if (*safe == '\'') {
            memcpy(end, "'\\''", 4);
            end += 4;
        } else {
            *end++ = *safe;
        }
    }
    *end = '\'';
    return result;
}
