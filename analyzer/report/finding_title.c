#include "analyzer/report/finding_title.h"

#include "analyzer/report/misuse_words.h"
#include "analyzer/report/title.h"

const char *finding_title(const struct report *report, const struct finding *finding)
{
    if (finding->misuse != NULL) {
        return misuse_title(report, finding);
    }
    return finding->live != NULL ? title_deadlock(report->arena, report->names, finding)
                                 : title_finding(report->arena, report->names, finding);
}
