/* What the tests of lock-order verdicts share: a few threads and mutexes to act with, and
 * assertions on the verdict. Each assertion analyses the scene's recording. */
#ifndef TESTS_UNIT_LOCK_ORDER_SCENE_H
#define TESTS_UNIT_LOCK_ORDER_SCENE_H

#include "tests/support/analyzed.h"
#include "tests/unit/unit.h"

struct scene {
    struct recording_builder *rec;
    uint32_t main, one, two; /* the first thread, and two it creates before anything else */
    uint32_t a, b, c, d;     /* mutexes */
    struct analyzed result;
};

int scene_set_up(void **state);
int scene_tear_down(void **state);
#define SCENE_CASE(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)

/* That many findings, and nothing dismissed. */
void assert_findings(struct scene *scene, size_t count);

/* No finding, and one cycle dismissed for this reason. */
const struct dismissed *assert_dismissed(struct scene *scene, enum dismissal reason);

/* Every step holds what the step before it requests. */
void assert_steps_fit(const struct cycle_step *steps, size_t count);

#endif
