#include "analyzer/report/text.h"

void text_doubt(const struct text *text, const struct finding *finding)
{
    if (finding->doubt.reason != NO_WITNESS_NO_EVENTS) {
        fprintf(text->out, "   No schedule is shown: %s.\n",
                no_witness_line(finding->doubt.reason));
    }
}

void text_doubt_in_full(const struct text *text, const struct finding *finding)
{
    const struct finding_doubt *doubt = &finding->doubt;
    fprintf(text->out, "   Why no schedule is shown (%s):\n   %s\n", no_witness_word(doubt->reason),
            no_witness_text(doubt->reason));
    if (doubt->event != NULL) {
        text_schedule(text, finding->execution, doubt->event, 1);
    }
    if (doubt->order != NULL) {
        const struct witness_event events[] = {doubt->order->before, doubt->order->after};
        fprintf(text->out, "   %s. The one that comes before the other:\n",
                trace_gap_line(doubt->gap));
        text_schedule(text, finding->execution, events, 2);
    }
}
