/* The fixed lines of a suite's file: shared by its reader and its writer only. The number is that
 * of the format: a reader refuses any other. */
#ifndef UNKNOT_SUITE_SUITE_FORMAT_H
#define UNKNOT_SUITE_SUITE_FORMAT_H

#define SUITE_FILE_NAME  "unknot-merged "
#define SUITE_FILE_MAGIC SUITE_FILE_NAME "1"
#define SUITE_FILE_END   "end"

#endif
