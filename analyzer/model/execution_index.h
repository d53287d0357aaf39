/* The tables by which an execution finds what an id names: for those that make executions. */
#ifndef UNKNOT_MODEL_EXECUTION_INDEX_H
#define UNKNOT_MODEL_EXECUTION_INDEX_H

#include "analyzer/model/id_index.h"

struct execution_index {
    struct id_index modules, stacks, threads, locks;
};

#endif
