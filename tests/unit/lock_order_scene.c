#include "tests/unit/lock_order_scene.h"

int scene_set_up(void **state)
{
    static struct scene scene;
    struct recording_builder *rec = recording_builder_create();

    scene = (struct scene){.rec = rec};
    scene.main = recording_thread(rec, "main");
    scene.one = recording_create(rec, scene.main, "one");
    scene.two = recording_create(rec, scene.main, "two");
    scene.a = recording_mutex(rec);
    scene.b = recording_mutex(rec);
    scene.c = recording_mutex(rec);
    scene.d = recording_mutex(rec);
    *state = &scene;
    return 0;
}

int scene_tear_down(void **state)
{
    struct scene *scene = *state;

    recording_builder_free(scene->rec);
    analyzed_destroy(&scene->result);
    return 0;
}

static const struct analysis *analyze(struct scene *scene)
{
    analyzed_init(&scene->result, scene->rec,
                  &(struct lock_order_options){.keep_dismissed = true, .class_order = true});
    return &scene->result.analysis;
}

void assert_findings(struct scene *scene, size_t count)
{
    const struct analysis *analysis = analyze(scene);

    assert_int_equal(analysis->finding_count, count);
    assert_int_equal(analysis->dismissed_count, 0);
    assert_int_equal(analysis->bound_hit, 0);
}

const struct dismissed *assert_dismissed(struct scene *scene, enum dismissal reason)
{
    const struct analysis *analysis = analyze(scene);

    assert_int_equal(analysis->finding_count, 0);
    assert_int_equal(analysis->dismissed_count, 1);
    assert_string_equal(dismissal_word(analysis->dismissed[0].reason), dismissal_word(reason));
    return &analysis->dismissed[0];
}

void assert_steps_fit(const struct cycle_step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct cycle_step *before = &steps[(i + count - 1) % count];
        assert_true(steps[i].hold_index < steps[i].dependency->held_count);
        assert_int_equal(steps[i].dependency->held[steps[i].hold_index].lock,
                         before->dependency->lock);
    }
}
