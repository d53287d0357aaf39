/* One dependency for each chain of classes, so that cycles among classes are still seen when those
 * of ended locks have been taken back.
 *
 * A class is where a lock was born: its place in a module if it is static, else the call site that
 * initialised it or, failing that, first took it. Two dependencies are of one class chain if the
 * same thread made them in the same segment, and requested and held locks of the same classes in
 * the same modes at the same call sites. Under chain_store_lock; all locks named are in the
 * chain store. Witnesses stay: memory follows distinct class chains in segments. */
#ifndef UNKNOT_SHIM_CLASS_WITNESS_H
#define UNKNOT_SHIM_CLASS_WITNESS_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/format.h"

/* The class of a lock, by its id; a class of its own if its record could not be written. */
uint64_t class_of_lock(uint32_t lock);

/* True if the dependency is the first of its class chain, and is to be kept; true also without
 * memory. */
bool class_witness_keep(const struct trace_dependency *record);

#endif
