/* From recordings and merged files on disk to one suite: what merge, order and export share. */
#ifndef UNKNOT_COMMAND_SUITE_INPUT_H
#define UNKNOT_COMMAND_SUITE_INPUT_H

#include "analyzer/command/recordings.h"
#include "analyzer/suite/suite.h"

/* Adds the recordings, each analysed by itself, and merged files of `recordings` to the suite, with
 * `jobs` processes side by side. What cannot be read is told on stderr and counted. The suite is
 * not finished. Memory follows the suite and a few recordings, not their number. */
void suite_input_collect(struct recordings *recordings, unsigned jobs, struct suite *suite);

#endif
