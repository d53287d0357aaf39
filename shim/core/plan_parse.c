#include "shim/core/plan.h"

#include <string.h>

#include "shim/platform/memory.h"

enum { WORDS_MOST = 2 + PLAN_FRAMES, OFFSET_DIGITS = 12, NUMBER_DIGITS = 9 };

static const char first_word[] = "unknot-plan";

/* What the file could have at most is counted first, so that nothing moves. */
struct parser {
    struct plan *plan;
    char *next, *end; /* the rest of the text */
    uint32_t line;
    char *words[WORDS_MOST]; /* of the line */
    size_t word_count;
    struct plan_module *modules;
    struct plan_step *steps;
    struct plan_fix *fixes;
    struct plan_class *classes;
    struct plan_place *places; /* of fixes */
    uint32_t step_lines, class_count, place_count;
    struct plan_step *step; /* begun last, NULL if that was none, or a fix */
    struct plan_fix *fix;
    uint32_t begun_at; /* its line */
};

static bool is_separator(char byte)
{
    return (unsigned char)byte <= ' ';
}

/* Cuts the next line into words; false at the end. */
static bool next_line(struct parser *parser)
{
    if (parser->next >= parser->end)
        return false;
    char *at = parser->next, *end = memchr(at, '\n', (size_t)(parser->end - at));
    parser->line++;
    parser->word_count = 0;
    parser->next = end ? end + 1 : parser->end;
    if (!end)
        end = parser->end;
    *end = '\0';
    while (at < end) {
        while (at < end && is_separator(*at))
            *at++ = '\0';
        if (at >= end || *at == '#')
            break;
        if (parser->word_count < WORDS_MOST)
            parser->words[parser->word_count] = at;
        parser->word_count++;
        while (at < end && !is_separator(*at))
            at++;
    }
    if (at < end)
        *at = '\0';
    return true;
}

static void complain(const struct parser *parser, const char *why)
{
    plan_complain(parser->line, why, parser->word_count ? parser->words[0] : "");
}

static bool has_words(const struct parser *parser, size_t count)
{
    if (parser->word_count == count)
        return true;
    complain(parser, parser->word_count < count ? "a word is missing" : "too many words");
    return false;
}

static int digit_of(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    if (byte >= 'a' && byte <= 'f')
        return byte - 'a' + 10;
    return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : 99;
}

static bool take_digits(const char *text, int base, size_t most, uint64_t *number)
{
    size_t count = 0;
    *number = 0;
    for (; text[count] && digit_of(text[count]) < base; count++)
        *number = *number * (uint64_t)base + (uint64_t)digit_of(text[count]);
    return !text[count] && count > 0 && count <= most;
}

/* The number of a line "word NUMBER". */
static bool take_number(const struct parser *parser, uint32_t lowest, uint32_t highest,
                        uint32_t *number)
{
    uint64_t value;
    if (!has_words(parser, 2))
        return false;
    if (!take_digits(parser->words[1], 10, NUMBER_DIGITS, &value) || value < lowest ||
        value > highest) {
        complain(parser, "no such number");
        return false;
    }
    *number = (uint32_t)value;
    return true;
}

static char *last_offset(char *text)
{
    char *found = NULL;
    for (char *at = text; (at = strstr(at, "+0x")); at++)
        found = at;
    return found;
}

/* Cuts "+0xHEX" off the end of `text`; false if what follows is no such number. */
static bool cut_offset(char *text, uint64_t *offset, bool *any)
{
    char *plus = last_offset(text);
    *any = plus != NULL;
    *offset = 0;
    if (!plus)
        return true;
    *plus = '\0';
    return take_digits(plus + 3, 16, OFFSET_DIGITS, offset);
}

/* FUNCTION@MODULE+0xOFFSET. The part behind the last '@' is the module. */
static bool parse_frame(char *word, struct plan_frame *frame)
{
    char *at = strrchr(word, '@');
    if (!at || at == word || !at[1])
        return false;
    *at = '\0';
    frame->function = strcmp(word, "?") == 0 ? "" : word;
    frame->module = at + 1;
    return cut_offset(at + 1, &frame->offset, &frame->has_offset) && frame->module[0] &&
           (frame->has_offset || frame->function[0]);
}

/* The words from `first` on. */
static bool parse_place(struct parser *parser, size_t first, struct plan_place *place)
{
    size_t count = parser->word_count > first ? parser->word_count - first : 0;
    struct plan_place parsed = {.count = (uint32_t)count};
    if (count == 0 || count > PLAN_FRAMES) {
        complain(parser, count ? "more than 8 frames" : "a place is missing");
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!parse_frame(parser->words[first + i], &parsed.frames[i])) {
            complain(parser, "a frame is FUNCTION@MODULE+0xOFFSET");
            return false;
        }
    }
    parsed.number = ++parser->plan->place_count;
    *place = parsed;
    return true;
}

/* What was begun last is complete, or is none. */
static void finish(struct parser *parser)
{
    const struct plan_fix *fix = parser->fix;
    if (parser->step && !parser->step->wants.count) {
        plan_complain(parser->begun_at, "neither requests nor waits", "step");
        parser->plan->step_count--;
    }
    if (fix && (!fix->class_count || (fix->kind == PLAN_FIX_ordered && !fix->place_count))) {
        plan_complain(parser->begun_at, fix->class_count ? "no place: 'at'" : "no class", "fix");
        parser->plan->fix_count--;
    }
    parser->step = NULL;
    parser->fix = NULL;
    parser->begun_at = parser->line;
}

static void take_step(struct parser *parser)
{
    finish(parser);
    uint32_t number = parser->step_lines++;
    if (!has_words(parser, 1))
        return;
    if (number >= PLAN_STEPS) {
        complain(parser, "more than 64 steps");
        return;
    }
    parser->step = &parser->steps[parser->plan->step_count++];
    *parser->step = (struct plan_step){.number = number};
}

static bool is_in_step(const struct parser *parser)
{
    if (!parser->step)
        complain(parser, "is part of no step");
    return parser->step != NULL;
}

static void take_once(struct parser *parser, struct plan_place *place)
{
    if (place->count)
        complain(parser, "is there twice");
    else
        (void)parse_place(parser, 1, place);
}

static void take_begins(struct parser *parser)
{
    if (is_in_step(parser))
        take_once(parser, &parser->step->begins);
}

static void take_holding(struct parser *parser)
{
    if (is_in_step(parser))
        take_once(parser, &parser->step->holding);
}

static void take_wants(struct parser *parser)
{
    if (!is_in_step(parser))
        return;
    if (parser->step->wants.count)
        complain(parser, "a step requests or waits once");
    else if (parse_place(parser, 1, &parser->step->wants))
        parser->step->waits = strcmp(parser->words[0], "waits") == 0;
}

static void take_rank(struct parser *parser)
{
    if (is_in_step(parser))
        (void)take_number(parser, 0, PLAN_STEPS - 1, &parser->step->rank);
}

/* The place of `word` among those of a list, or `count`. */
static size_t find_word(const char *word, const char *const *list, size_t count)
{
    size_t place = 0;
    while (place < count && strcmp(word, list[place]) != 0)
        place++;
    return place;
}

#define WORD(word) #word,

static void take_fix(struct parser *parser)
{
    static const char *const kinds[] = {PLAN_FIX_KINDS(WORD)};
    const size_t count = sizeof(kinds) / sizeof(kinds[0]);
    finish(parser);
    if (!has_words(parser, 3))
        return;
    size_t kind = find_word(parser->words[1], kinds, count);
    if (kind == count) {
        complain(parser, "no such kind of fix");
        return;
    }
    parser->fix = &parser->fixes[parser->plan->fix_count++];
    *parser->fix = (struct plan_fix){.kind = (enum plan_fix_kind)kind,
                                     .name = parser->words[2],
                                     .classes = &parser->classes[parser->class_count],
                                     .places = &parser->places[parser->place_count]};
}

static bool is_in_fix(const struct parser *parser)
{
    if (!parser->fix)
        complain(parser, "is part of no fix");
    return parser->fix != NULL;
}

/* A variable may have how far into it the lock lies behind its name. */
static bool parse_variable(struct parser *parser, struct plan_place *place)
{
    bool any;
    if (!parse_place(parser, 2, place))
        return false;
    struct plan_frame *frame = &place->frames[0];
    if (place->count == 1 && cut_offset((char *)(uintptr_t)frame->function, &frame->inside, &any))
        return true;
    complain(parser, "a variable is SYMBOL@MODULE+0xOFFSET");
    return false;
}

static void take_class(struct parser *parser)
{
    static const char *const kinds[] = {PLAN_CLASS_KINDS(WORD)};
    const size_t count = sizeof(kinds) / sizeof(kinds[0]);
    struct plan_class taken = {0};
    if (!is_in_fix(parser))
        return;
    size_t kind = parser->word_count > 1 ? find_word(parser->words[1], kinds, count) : count;
    if (kind == count) {
        complain(parser, "no such kind of class");
        return;
    }
    taken.kind = (enum plan_class_kind)kind;
    if (taken.kind == PLAN_CLASS_static ? !parse_variable(parser, &taken.place)
                                        : !parse_place(parser, 2, &taken.place))
        return;
    if (taken.place.count > PLAN_CLASS_FRAMES)
        taken.place.count = PLAN_CLASS_FRAMES;
    parser->classes[parser->class_count++] = taken;
    parser->fix->class_count++;
}

static void take_at(struct parser *parser)
{
    if (!is_in_fix(parser))
        return;
    if (parser->fix->kind != PLAN_FIX_ordered)
        complain(parser, "only 'ordered' has a place");
    else if (parse_place(parser, 1, &parser->places[parser->place_count])) {
        parser->place_count++;
        parser->fix->place_count++;
    }
}

static bool parse_build_id(const char *text, struct plan_module *module)
{
    size_t length = strlen(text);
    if (strcmp(text, "-") == 0)
        return true;
    if (length % 2 || length / 2 > PLAN_BUILD_BYTES)
        return false;
    for (size_t i = 0; i < length; i += 2) {
        int high = digit_of(text[i]), low = digit_of(text[i + 1]);
        if (high > 15 || low > 15)
            return false;
        module->build_id[i / 2] = (uint8_t)(high << 4 | low);
    }
    module->build_id_bytes = (uint32_t)length / 2;
    return true;
}

static void take_module(struct parser *parser)
{
    struct plan_module module = {0};
    if (!has_words(parser, 3))
        return;
    module.name = parser->words[1];
    if (parse_build_id(parser->words[2], &module))
        parser->modules[parser->plan->module_count++] = module;
    else
        complain(parser, "a build id is hexadecimal");
}

static void take_pause(struct parser *parser)
{
    (void)take_number(parser, 1, 3600000, &parser->plan->pause_ms);
}

static void take_order(struct parser *parser)
{
    if (!has_words(parser, 2))
        return;
    parser->plan->is_ranked = strcmp(parser->words[1], "ranked") == 0;
    if (!parser->plan->is_ranked && strcmp(parser->words[1], "free") != 0)
        complain(parser, "an order is 'free' or 'ranked'");
}

static const struct line_kind {
    const char *word;
    void (*take)(struct parser *parser);
} line_kinds[] = {
    {"module", take_module},  {"pause", take_pause},   {"order", take_order},
    {"step", take_step},      {"begins", take_begins}, {"holding", take_holding},
    {"requests", take_wants}, {"waits", take_wants},   {"rank", take_rank},
    {"fix", take_fix},        {"class", take_class},   {"at", take_at},
};

static void take_line(struct parser *parser)
{
    for (size_t i = 0; i < sizeof(line_kinds) / sizeof(line_kinds[0]); i++) {
        if (strcmp(parser->words[0], line_kinds[i].word) == 0) {
            line_kinds[i].take(parser);
            return;
        }
    }
    complain(parser, "not a line of a plan");
}

/* How many of each there are at most: lines that begin so. */
static uint32_t count_lines(const char *text, const char *end, const char *word)
{
    uint32_t count = 0;
    size_t length = strlen(word);
    for (bool at_start = true; text < end; text++) {
        if (at_start && (size_t)(end - text) >= length && memcmp(text, word, length) == 0)
            count++;
        at_start = *text == '\n' || (at_start && is_separator(*text));
    }
    return count;
}

static void *room_for(const struct parser *parser, const char *word, size_t bytes)
{
    return memory_map((count_lines(parser->next, parser->end, word) + (size_t)1) * bytes);
}

static bool make_room(struct parser *parser)
{
    parser->modules = room_for(parser, "module", sizeof(*parser->modules));
    parser->steps = memory_map(PLAN_STEPS * sizeof(*parser->steps));
    parser->fixes = room_for(parser, "fix", sizeof(*parser->fixes));
    parser->classes = room_for(parser, "class", sizeof(*parser->classes));
    parser->places = room_for(parser, "at", sizeof(*parser->places));
    return parser->modules && parser->steps && parser->fixes && parser->classes && parser->places;
}

/* The first line that says something. */
static bool is_plan(struct parser *parser)
{
    while (next_line(parser)) {
        if (!parser->word_count)
            continue;
        bool is_head = strcmp(parser->words[0], first_word) == 0 && parser->word_count == 2;
        if (is_head && strcmp(parser->words[1], "1") == 0)
            return true;
        plan_complain(parser->line,
                      is_head ? "a plan of another version" : "does not begin with 'unknot-plan 1'",
                      parser->words[0]);
        return false;
    }
    plan_complain(0, "is empty", "");
    return false;
}

void plan_parse(char *text, size_t size, struct plan *parsed)
{
    struct parser parser = {.plan = parsed, .next = text, .end = text + size};
    *parsed = (struct plan){.pause_ms = PLAN_PAUSE_MS};
    if (!make_room(&parser) || !is_plan(&parser))
        return;
    while (next_line(&parser)) {
        if (parser.word_count)
            take_line(&parser);
    }
    finish(&parser);
    parsed->modules = parser.modules;
    parsed->steps = parser.steps;
    parsed->fixes = parser.fixes;
}
