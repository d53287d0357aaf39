#include "shim/platform/options.h"

#include <string.h>

#include "shim/platform/text.h"

struct shim_options options = {
#define OPTION_TEXT(name, initial, help)                    .name = initial,
#define OPTION_BYTES(name, initial, lowest, highest, help)  .name##_bytes = initial,
#define OPTION_NUMBER(name, initial, lowest, highest, help) .name = initial,
#define OPTION_SWITCH(name, initial, help)                  .name = initial,
#define OPTION_CHOICE(name, initial, choices, help)         .name = 0, /* the first */
#include "shim/platform/options.def"
#undef OPTION_TEXT
#undef OPTION_BYTES
#undef OPTION_NUMBER
#undef OPTION_SWITCH
#undef OPTION_CHOICE
};

static char complaint[128];

static void complain(const char *why, const char *key)
{
    struct text line = text_over(complaint, sizeof(complaint));
    if (complaint[0])
        return;
    text_add(&line, why);
    text_add(&line, " '");
    text_add(&line, key);
    text_add(&line, "'");
}

static bool parse_number(const char *value, uint64_t lowest, uint64_t highest, uint64_t *number)
{
    uint64_t parsed = 0;
    if (*value < '0' || *value > '9')
        return false;
    for (; *value >= '0' && *value <= '9'; value++) {
        if (parsed > UINT64_MAX / 20)
            return false;
        parsed = parsed * 10 + (uint64_t)(*value - '0');
    }
    const char *suffixes = "KMG", *suffix = *value ? strchr(suffixes, *value) : NULL;
    if (suffix) {
        if (parsed >> 32)
            return false;
        parsed <<= 10 * (suffix - suffixes + 1);
        value++;
    }
    if (*value || parsed < lowest || parsed > highest)
        return false;
    *number = parsed;
    return true;
}

static void set_option(const char *key, const char *value)
{
    uint64_t number = 0;
#define OPTION_TEXT(name, initial, help)                                                           \
    if (strcmp(key, #name) == 0) {                                                                 \
        strcpy(options.name, value); /* an item fits, or was not taken */                          \
        return;                                                                                    \
    }
#define OPTION_BYTES(name, initial, lowest, highest, help)                                         \
    if (strcmp(key, #name) == 0) {                                                                 \
        if (parse_number(value, lowest, highest, &number))                                         \
            options.name##_bytes = number;                                                         \
        else                                                                                       \
            complain("cannot use the value of option", key);                                       \
        return;                                                                                    \
    }
#define OPTION_NUMBER(name, initial, lowest, highest, help)                                        \
    if (strcmp(key, #name) == 0) {                                                                 \
        if (parse_number(value, lowest, highest, &number))                                         \
            options.name = (uint32_t)number;                                                       \
        else                                                                                       \
            complain("cannot use the value of option", key);                                       \
        return;                                                                                    \
    }
#define OPTION_SWITCH(name, initial, help)                                                         \
    if (strcmp(key, #name) == 0) {                                                                 \
        if (parse_number(value, 0, 1, &number))                                                    \
            options.name = number;                                                                 \
        else                                                                                       \
            complain("0 or 1 is the value of option", key);                                        \
        return;                                                                                    \
    }
#define CHOSEN(option, choice)                                                                     \
    if (strcmp(value, #choice) == 0) {                                                             \
        *chosen = option##_##choice;                                                               \
        return;                                                                                    \
    }
#define OPTION_CHOICE(name, initial, choices, help)                                                \
    if (strcmp(key, #name) == 0) {                                                                 \
        uint32_t *chosen = &options.name;                                                          \
        choices(CHOSEN) complain("no such choice for option", key);                                \
        return;                                                                                    \
    }
#include "shim/platform/options.def"
#undef OPTION_TEXT
#undef OPTION_BYTES
#undef OPTION_NUMBER
#undef OPTION_SWITCH
#undef OPTION_CHOICE
#undef CHOSEN
    complain("unknown option", key);
}

/* Copies up to an unescaped ':' or the end; returns where it stopped. */
static const char *take_item(const char *text, char *item, size_t size)
{
    size_t length = 0;
    bool fits = true;
    for (; *text && *text != ':'; text++) {
        if (*text == '\\' && text[1])
            text++;
        if (length + 1 < size)
            item[length++] = *text;
        else
            fits = false;
    }
    item[length] = '\0';
    if (!fits) {
        char *equals = strchr(item, '=');
        if (equals)
            *equals = '\0';
        if (strcmp(item, "record") == 0)
            strcpy(options.record, "none"); /* rather nowhere than elsewhere */
        complain("too long a value for option", item);
        item[0] = '\0';
    }
    return text;
}

void options_parse(const char *text)
{
    char item[PATH_BYTES];
    while (text && *text) {
        text = take_item(text, item, sizeof(item));
        char *equals = strchr(item, '=');
        if (equals) {
            *equals = '\0';
            set_option(item, equals + 1);
        } else if (item[0]) {
            complain("no value for option", item);
        }
        if (*text == ':')
            text++;
    }
    if (options.site_depth > options.stack_depth)
        options.site_depth = options.stack_depth;
}

const char *options_complaint(void)
{
    return complaint;
}

void options_help(int fd)
{
    char buffer[4096];
    struct text help = text_over(buffer, sizeof(buffer));
    text_add(&help, "UNKNOT_OPTIONS=\"key=value:key=value\"\n");
#define OPTION_LINE(name, help_text)          text_add(&help, "  " name "  " help_text "\n");
#define OPTION_TEXT(name, initial, help_text) OPTION_LINE(#name "=" initial, help_text)
#define OPTION_BYTES(name, initial, lowest, highest, help_text)                                    \
    OPTION_LINE(#name "=BYTES", help_text)
#define OPTION_NUMBER(name, initial, lowest, highest, help_text)                                   \
    OPTION_LINE(#name "=" #initial, help_text)
#define OPTION_SWITCH(name, initial, help_text) OPTION_LINE(#name "=" #initial, help_text)
#define CHOICE_WORD(option, choice)             " " #choice
#define OPTION_CHOICE(name, initial, choices, help_text)                                           \
    text_add(&help, "  " #name "=" #initial "  " help_text " (one of" choices(CHOICE_WORD) ")\n");
#include "shim/platform/options.def"
#undef OPTION_TEXT
#undef OPTION_BYTES
#undef OPTION_NUMBER
#undef OPTION_SWITCH
#undef OPTION_CHOICE
#undef CHOICE_WORD
#undef OPTION_LINE
    text_write(&help, fd);
}
