/* Numbers for names, from 0 in the order first seen. Linear in the name, which has no
 * NUL in it; its text is kept once. */
#ifndef UNKNOT_SCHEDULE_NAME_TABLE_H
#define UNKNOT_SCHEDULE_NAME_TABLE_H

#include "analyzer/base/array.h"
#include "analyzer/base/id_table.h"

/* All zero when new. */
struct name_table {
    struct id_table table;
    ARRAY(const char *) names;
};

uint32_t name_table_number(struct arena *arena, struct name_table *names, const char *text,
                           size_t length);

#endif
