/* A plan file: what its lines become, what is said of those that cannot be used, and that no damage
 * does harm. One process for each text that is complained of: complaints stay. */
#include "tests/unit/shim/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shim/core/plan.h"

enum { TEXT_BYTES = 4096 };

static const char whole[] = "# a comment first\n"
                            "unknot-plan 1\n"
                            "module bank 1f2E6c\n"
                            "module libc.so.6 -\n"
                            "pause 750\n"
                            "order ranked\n"
                            "step\n"
                            "  holding transfer@bank+0x12a4 run@bank+0x1350\n"
                            "  requests transfer@bank+0x12b8 run@bank+0x1350 # behind words\n"
                            "  rank 0\n"
                            "step\n"
                            "\trequests ?@bank+0x1404\r\n"
                            "\trank 1\n"
                            "step\n"
                            "  waits operator@@V1@bank\n"
                            "fix merge accounts_and_journal\n"
                            "  class static accounts+0x28@bank+0x4060\n"
                            "  class made a@bank+0x1 b@bank+0x2 c@bank+0x3 d@bank+0x4\n"
                            "fix ordered journal_first\n"
                            "  class first use@bank+0x9\n"
                            "  at transfer@bank+0x12a4\n"
                            "  at audit@bank+0x13f0 run@bank+0x1350";

static struct plan parsed;

static void parse(const char *text)
{
    static char copy[TEXT_BYTES];
    size_t size = strlen(text);
    memcpy(copy, text, size + 1);
    plan_parse(copy, size, &parsed);
}

static bool in_a_process(bool (*check)(const void *argument), const void *argument)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        _exit(check(argument) ? 0 : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    return status == 0;
}

static void assert_frame(const struct plan_frame *frame, const char *function, uint64_t offset)
{
    assert_string_equal(frame->function, function);
    assert_string_equal(frame->module, "bank");
    assert_true(frame->offset == offset && frame->has_offset == (offset != 0));
}

static void a_whole_plan_becomes_its_steps(void **state)
{
    struct text none = {0};
    (void)state;
    parse(whole);
    assert_false(plan_complaint(0, &none));
    assert_int_equal(parsed.module_count, 2);
    assert_string_equal(parsed.modules[0].name, "bank");
    assert_int_equal(parsed.modules[0].build_id_bytes, 3);
    assert_memory_equal(parsed.modules[0].build_id, "\x1f\x2e\x6c", 3);
    assert_int_equal(parsed.modules[1].build_id_bytes, 0);
    assert_int_equal(parsed.pause_ms, 750);
    assert_true(parsed.is_ranked);
    assert_int_equal(parsed.step_count, 3);
    const struct plan_step *step = parsed.steps;
    assert_int_equal(step[0].holding.count, 2);
    assert_frame(&step[0].holding.frames[1], "run", 0x1350);
    assert_frame(&step[0].wants.frames[0], "transfer", 0x12b8);
    assert_false(step[0].waits);
    assert_int_equal(step[1].holding.count, 0);
    assert_frame(&step[1].wants.frames[0], "", 0x1404);
    assert_int_equal(step[1].rank, 1);
    assert_int_equal(step[1].number, 1);
    assert_true(step[2].waits);
    assert_frame(&step[2].wants.frames[0], "operator@@V1", 0);
}

static void a_whole_plan_becomes_its_fixes(void **state)
{
    (void)state;
    parse(whole);
    assert_int_equal(parsed.fix_count, 2);
    const struct plan_fix *merge = &parsed.fixes[0], *ordered = &parsed.fixes[1];
    assert_int_equal(merge->kind, PLAN_FIX_merge);
    assert_string_equal(merge->name, "accounts_and_journal");
    assert_int_equal(merge->class_count, 2);
    assert_int_equal(merge->classes[0].kind, PLAN_CLASS_static);
    assert_frame(&merge->classes[0].place.frames[0], "accounts", 0x4060);
    assert_int_equal(merge->classes[0].place.frames[0].inside, 0x28);
    assert_int_equal(merge->classes[1].kind, PLAN_CLASS_made);
    assert_int_equal(merge->classes[1].place.count, 3);
    assert_int_equal(ordered->kind, PLAN_FIX_ordered);
    assert_int_equal(ordered->classes[0].kind, PLAN_CLASS_first);
    assert_int_equal(ordered->place_count, 2);
    assert_frame(&ordered->places[1].frames[1], "run", 0x1350);
}

/* Behind a step that is whole, in front of another. */
struct bad_line {
    const char *text, *complaint;
};

static const struct bad_line bad_lines[] = {
    {"stepp", "line 4: not a line of a plan: 'stepp'"},
    {"step now", "line 4: too many words: 'step'"},
    {"rank", "line 4: a word is missing: 'rank'"},
    {"rank 64", "line 4: no such number: 'rank'"},
    {"rank -1", "line 4: no such number: 'rank'"},
    {"rank 1x", "line 4: no such number: 'rank'"},
    {"rank 18446744073709551616", "line 4: no such number: 'rank'"},
    {"pause 0", "line 4: no such number: 'pause'"},
    {"order any", "line 4: an order is 'free' or 'ranked': 'order'"},
    {"holding", "line 4: a place is missing: 'holding'"},
    {"holding f", "line 4: a frame is FUNCTION@MODULE+0xOFFSET: 'holding'"},
    {"holding f@", "line 4: a frame is FUNCTION@MODULE+0xOFFSET: 'holding'"},
    {"holding @m+0x1", "line 4: a frame is FUNCTION@MODULE+0xOFFSET: 'holding'"},
    {"holding f@+0x1", "line 4: a frame is FUNCTION@MODULE+0xOFFSET: 'holding'"},
    {"holding f@m+0x", "line 4: a frame is FUNCTION@MODULE+0xOFFSET: 'holding'"},
    {"holding f@m+0x1g", "line 4: a frame is FUNCTION@MODULE+0xOFFSET: 'holding'"},
    {"holding f@m+0x1234567890abc", "line 4: a frame is FUNCTION@MODULE+0xOFFSET: 'holding'"},
    {"holding ?@m", "line 4: a frame is FUNCTION@MODULE+0xOFFSET: 'holding'"},
    {"holding f@m f@m f@m f@m f@m f@m f@m f@m f@m", "line 4: more than 8 frames: 'holding'"},
    {"waits f@m", "line 4: a step requests or waits once: 'waits'"},
    {"module m", "line 4: a word is missing: 'module'"},
    {"module m 123", "line 4: a build id is hexadecimal: 'module'"},
    {"module m 1g", "line 4: a build id is hexadecimal: 'module'"},
    {"class static f@m", "line 4: is part of no fix: 'class'"},
    {"at f@m", "line 4: is part of no fix: 'at'"},
    {"fix", "line 4: a word is missing: 'fix'"},
    {"fix glue x", "line 4: no such kind of fix: 'fix'"},
    {"fix merge x", "line 4: no class: 'fix'"},
    {"fix merge x\nclass", "line 5: no such kind of class: 'class'"},
    {"fix merge x\nclass static a@m b@m", "line 5: a variable is SYMBOL@MODULE+0xOFFSET: 'class'"},
    {"fix merge x\nclass made a@m\nat b@m", "line 6: only 'ordered' has a place: 'at'"},
    {"fix ordered x\nclass made a@m", "line 4: no place: 'at': 'fix'"},
    {"fix merge x\nclass made a@m\nrank 1", "line 6: is part of no step: 'rank'"},
    {"step", "line 4: neither requests nor waits: 'step'"},
    {"step\nholding f@m", "line 4: neither requests nor waits: 'step'"},
};

static bool is_told_and_the_rest_followed(const void *argument)
{
    char text[TEXT_BYTES], line[512];
    const struct bad_line *bad = argument;
    struct text complaint = text_over(line, sizeof(line));
    snprintf(text, sizeof(text), "unknot-plan 1\nstep\nrequests f@m\n%s\nstep\nwaits g@m\n",
             bad->text);
    parse(text);
    bool is_told = plan_complaint(0, &complaint) && strstr(line, bad->complaint) &&
                   strlen(strstr(line, bad->complaint)) == strlen(bad->complaint);
    return is_told && parsed.step_count == 2 && !parsed.steps[0].waits && parsed.steps[1].waits &&
           strcmp(parsed.steps[1].wants.frames[0].function, "g") == 0;
}

static void a_line_that_cannot_be_used_is_told_and_the_rest_followed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(bad_lines) / sizeof(bad_lines[0]); i++) {
        if (!in_a_process(is_told_and_the_rest_followed, &bad_lines[i]))
            fail_msg("not told as it should be: %s", bad_lines[i].text);
    }
}

static bool has_sixteen_and_a_count(const void *text)
{
    char line[512];
    size_t count = 0;
    parse(text);
    for (struct text told = text_over(line, sizeof(line)); plan_complaint(count, &told); count++)
        told = text_over(line, sizeof(line));
    return count == 17 && strstr(line, "not told: 4") && parsed.step_count == 0;
}

static void of_many_bad_lines_the_first_are_told_and_the_rest_counted(void **state)
{
    char text[TEXT_BYTES] = "unknot-plan 1\n";
    (void)state;
    for (int i = 0; i < 20; i++)
        strcat(text, "nonsense\n");
    assert_true(in_a_process(has_sixteen_and_a_count, text));
}

static bool is_refused(const void *text)
{
    char line[512];
    struct text told = text_over(line, sizeof(line));
    parse(text);
    return plan_complaint(0, &told) && !plan_complaint(1, &told) && parsed.step_count == 0 &&
           parsed.fix_count == 0;
}

static void what_is_no_plan_is_refused_as_a_whole(void **state)
{
    static const char *const texts[] = {"",
                                        "\n\n",
                                        "# unknot-plan 1\n",
                                        "step\nrequests f@m\n",
                                        "unknot-plan\nstep\nrequests f@m\n",
                                        "unknot-plan 2\nstep\nrequests f@m\n",
                                        "\x7f"
                                        "ELF"};
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (!in_a_process(is_refused, texts[i]))
            fail_msg("not refused: %s", texts[i]);
    }
}

static void more_steps_than_there_are_bits_are_told(void **state)
{
    static char text[TEXT_BYTES] = "unknot-plan 1\n";
    (void)state;
    for (int i = 0; i < 70; i++)
        strcat(text, "step\nrequests f@m\n");
    parse(text);
    assert_int_equal(parsed.step_count, PLAN_STEPS);
    assert_int_equal(parsed.steps[PLAN_STEPS - 1].number, PLAN_STEPS - 1);
}

/* Every pointer of a plan leads into its text, and each place has a number of its own. */
static void check_place(struct random *random, const struct plan_place *place, const char *text,
                        size_t size)
{
    assert_agrees(random, place->count <= PLAN_FRAMES);
    for (uint32_t i = 0; i < place->count; i++) {
        const struct plan_frame *frame = &place->frames[i];
        assert_agrees(random, place->number >= 1 && place->number <= parsed.place_count);
        assert_agrees(random, frame->module > text && frame->module[0] &&
                                  frame->module + strlen(frame->module) <= text + size);
        assert_agrees(random, !frame->function[0] ||
                                  frame->function + strlen(frame->function) <= text + size);
    }
}

static void check(struct random *random, const char *text, size_t size)
{
    assert_agrees(random, parsed.step_count <= PLAN_STEPS && parsed.pause_ms > 0);
    for (uint32_t i = 0; i < parsed.step_count; i++) {
        assert_agrees(random, parsed.steps[i].wants.count > 0);
        check_place(random, &parsed.steps[i].wants, text, size);
        check_place(random, &parsed.steps[i].holding, text, size);
    }
    for (uint32_t i = 0; i < parsed.fix_count; i++) {
        const struct plan_fix *fix = &parsed.fixes[i];
        assert_agrees(random, fix->class_count > 0 && fix->name[0]);
        for (uint32_t j = 0; j < fix->class_count; j++)
            check_place(random, &fix->classes[j].place, text, size);
        for (uint32_t j = 0; j < fix->place_count; j++)
            check_place(random, &fix->places[j], text, size);
    }
}

/* Bytes changed, taken out or said twice, and the end cut off. */
static size_t damage(struct random *random, char *text, size_t size)
{
    static const char bytes[] = "@+0x?# \n\t\r-1fs\0\x80";
    for (uint32_t i = 0; i <= random_below(random, 6); i++) {
        size_t at = random_below(random, (uint32_t)size);
        size_t length = random_below(random, 40);
        if (random_once_in(random, 3) && at + length < size && size + length < TEXT_BYTES) {
            memmove(text + at + length, text + at, size - at);
            size += length;
        } else if (random_once_in(random, 3) && at + length < size) {
            memmove(text + at, text + at + length, size - at - length);
            size -= length;
        } else {
            text[at] = bytes[random_below(random, sizeof(bytes) - 1)];
        }
    }
    return random_once_in(random, 4) ? random_below(random, (uint32_t)size) + 1 : size;
}

static void no_damage_leads_out_of_the_text(void **state)
{
    struct random random = random_from(7);
    (void)state;
    for (random.step = 0; random.step < 5000; random.step++) {
        char *text = malloc(TEXT_BYTES + 1);
        assert_non_null(text);
        memcpy(text, whole, sizeof(whole));
        size_t size = damage(&random, text, sizeof(whole) - 1);
        text = realloc(text, size + 1); /* so that the sanitizer knows where it ends */
        assert_non_null(text);
        text[size] = '\0';
        plan_parse(text, size, &parsed);
        check(&random, text, size);
        free(text);
    }
}

static bool is_told_unread(const void *path)
{
    char line[512];
    struct text told = text_over(line, sizeof(line));
    plan_read(path);
    return plan_complaint(0, &told) && strstr(line, path) && plan.step_count == 0;
}

static void a_file_that_cannot_be_read_is_told(void **state)
{
    (void)state;
    assert_true(in_a_process(is_told_unread, "no/such/file"));
    assert_true(in_a_process(is_told_unread, "/dev/null"));
    assert_true(in_a_process(is_told_unread, "."));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_plan_becomes_its_steps),
        cmocka_unit_test(a_whole_plan_becomes_its_fixes),
        cmocka_unit_test(a_line_that_cannot_be_used_is_told_and_the_rest_followed),
        cmocka_unit_test(of_many_bad_lines_the_first_are_told_and_the_rest_counted),
        cmocka_unit_test(what_is_no_plan_is_refused_as_a_whole),
        cmocka_unit_test(a_file_that_cannot_be_read_is_told),
        cmocka_unit_test(
            more_steps_than_there_are_bits_are_told), /* from here on with complaints */
        cmocka_unit_test(no_damage_leads_out_of_the_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
