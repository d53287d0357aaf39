#include "analyzer/suite/suite_told.h"

#include <string.h>

static const char *text_of(const struct suite *suite, const struct suite_row *row,
                           enum suite_told_word word)
{
    return suite_text(suite, row->words[word]);
}

/* An unknown word is of a newer unknot, and no reason to be silent. */
static enum finding_kind kind_of(const char *word)
{
    static const enum finding_kind kinds[] = {
#define FINDING_KIND(NAME, word, text) FINDING_##NAME,
#include "analyzer/model/finding.def"
#undef FINDING_KIND
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(finding_kind_word(kinds[i]), word) == 0)
            return kinds[i];
    }
    return FINDING_MISUSE;
}

static enum confidence confidence_of(const char *word)
{
    static const enum confidence all[] = {
#define CONFIDENCE(NAME, word, text) CONFIDENCE_##NAME,
#include "analyzer/model/finding.def"
#undef CONFIDENCE
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (strcmp(confidence_word(all[i]), word) == 0)
            return all[i];
    }
    return CONFIDENCE_POSSIBLE;
}

static struct finding make_finding(struct arena *arena, const struct suite *suite,
                                   const struct suite_row *row,
                                   const struct report_process *process)
{
    struct finding_told *told = arena_alloc(arena, 1, sizeof *told);
    const char *story = row->texts[1];
    size_t first_line = strcspn(story, "\n");

    *told = (struct finding_told){
        .rule = text_of(suite, row, SUITE_TOLD_RULE),
        .title = row->texts[0],
        .story = story + first_line + (story[first_line] != '\0'),
        .fingerprint = text_of(suite, row, SUITE_TOLD_FINGERPRINT),
        .file = arena_printf(arena, "%.*s", (int)first_line, story),
        .recordings = row->recordings.count,
        .rows = row->recordings.items,
    };
    return (struct finding){
        .kind = kind_of(text_of(suite, row, SUITE_TOLD_KIND)),
        .confidence = confidence_of(text_of(suite, row, SUITE_TOLD_CONFIDENCE)),
        .execution = &process->execution,
        .instances = 1,
        .told = told,
    };
}

/* The finding with the same fingerprint; NULL if there is none yet. */
static struct finding *find_same(struct finding *findings, size_t count,
                                 const struct finding *finding)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(findings[i].told->fingerprint, finding->told->fingerprint) == 0 &&
            strcmp(findings[i].told->rule, finding->told->rule) == 0)
            return &findings[i];
    }
    return NULL;
}

void suite_told_add(struct arena *arena, const struct suite *suite, struct report_process *process)
{
    struct analysis *analysis = &process->analysis;
    size_t told = suite_count(suite, SUITE_TOLD), count = 0;
    struct finding *findings =
        arena_alloc(arena, told + analysis->finding_count + 1, sizeof *findings);

    for (size_t i = 0; i < told; i++) {
        struct finding finding =
            make_finding(arena, suite, suite_row(suite, SUITE_TOLD, i), process);
        struct finding *same = find_same(findings, count, &finding);
        if (same == NULL)
            findings[count++] = finding;
        else if (finding.confidence > same->confidence)
            *same = finding;
    }
    for (size_t i = 0; i < analysis->finding_count; i++)
        findings[count++] = analysis->findings[i];
    for (size_t i = 0; i < count; i++)
        findings[i].id = i + 1;
    analysis->findings = findings;
    analysis->finding_count = count;
}
