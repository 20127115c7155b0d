/* SPDX-License-Identifier: BSD-2-Clause */
/* Our driver on every board that the chip can be: it knows the name, finds its registers, makes a
 * link and moves frames, and breaks no rule. */
#include <string.h>

#include "rig.h"

#define SECONDS 1000000u

static void a_board_works(void **state)
{
    const struct e1000emu_profile *profile = *state;
    struct rig *rig = rig_new(profile->name);
    struct e1000_identity identity;

    assert_int_equal(rig_attach(rig), 0);
    e1000_get_identity(rig->dev, &identity);
    assert_int_equal(identity.device, profile->device);
    assert_memory_equal(identity.mac, profile->mac, 6);
    if (strncmp(profile->name, "8254", 4) == 0)
        assert_memory_equal(identity.model, "8254", 4);
    assert_int_equal(e1000_up(rig_call(rig)), 0);
    assert_int_equal(rig_settle(rig), E1000_STATE_UP);
    assert_true(rig_linked(rig, 8 * SECONDS));
    assert_int_equal(rig_send(rig, 20, 100), 20);
    rig_run(rig, 10000);
    assert_int_equal(rig->sent, 20);
    if (profile->rx_block_ns == 0)
        assert_true(rig_hears(rig, profile->mac, -1));
    rig_free(rig);
}

int main(void)
{
    const struct e1000emu_profile *profile;
    static struct CMUnitTest tests[64];
    size_t count = 0;

    for (; count < 64 && (profile = e1000emu_profile_at(count)); count++) {
        tests[count] =
            (struct CMUnitTest)cmocka_unit_test_prestate(a_board_works, (void *)(uintptr_t)profile);
        tests[count].name = profile->name;
    }
    return _cmocka_run_group_tests("every board", tests, count, NULL, NULL);
}
